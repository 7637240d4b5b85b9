
edit() { awk "$EDIT_PROGRAM"; }

# REAL: where a path leads, links followed, also where the last folders are not there yet.
real_file() {
  REAL=$1
  rf_count=0
  while [ -L "$REAL" ]; do
    rf_count=$((rf_count + 1))
    [ $rf_count -le 20 ] || return 1
    rf_target=$(readlink "$REAL")
    case $rf_target in /*) REAL=$rf_target ;; *) REAL=$(dirname "$REAL")/$rf_target ;; esac
  done
  rf_folder=$(dirname "$REAL")
  rf_name=$(basename "$REAL")
  while [ ! -d "$rf_folder" ]; do
    rf_name=$(basename "$rf_folder")/$rf_name
    rf_folder=$(dirname "$rf_folder")
  done
  rf_folder=$(cd "$rf_folder" && pwd -P)
  REAL=${rf_folder%/}/$rf_name
}

mode_of() { stat -c %a "$1" 2>/dev/null || stat -f %Lp "$1"; }
sum_of() { cksum <"$1"; }

# Refuses a file that must not be written to, before anything is changed.
check_file() {
  if [ -L "$1" ] && [ ! -e "$1" ]; then fail "$1 is a link to a file that is not there. Mend it, or take it away."; fi
  [ -e "$1" ] || return 0
  [ -f "$1" ] || fail "$1 is not a file."
  case $(ls -ldL "$1") in ??w*) ;; *) fail "$1 is read-only. Allow writing (chmod u+w), then try again." ;; esac
  # shellcheck disable=SC2094 # Neither writes to it.
  tr -d '\000' <"$1" | cmp -s - "$1" || fail "$1 is not text in UTF-8. Nothing was changed."
}

# Makes the folders above a file, and names those it made in $WORK/folders.
make_folders() {
  mf_folder=$(dirname "$1")
  mf_missing=
  while [ ! -d "$mf_folder" ]; do
    mf_missing=$mf_folder$NEWLINE$mf_missing
    mf_folder=$(dirname "$mf_folder")
  done
  printf '%s' "$mf_missing" | while IFS= read -r mf_folder; do
    mkdir -m 700 "$mf_folder" || exit 1
    printf '%s\n' "$mf_folder" >>"$WORK/folders"
  done
}

# Puts a text into a file so that nobody sees half of it. It keeps owner and permissions; with a secret it is for its
# owner alone.
write_file() { # file, text, secret or -
  wf_beside=$1.tollgate-$$
  rm -f "$wf_beside"
  if [ -e "$1" ]; then cp -p "$1" "$wf_beside" || return 1; fi
  [ "$3" = - ] || { [ ! -e "$wf_beside" ] || chmod 600 "$wf_beside"; }
  cat "$2" >"$wf_beside" && mv -f "$wf_beside" "$1"
}

# The plan: a file of changes for each file, $WORK/ops.N, and the files in $WORK/files.
make_plan() {
  : >"$WORK/files"
  FILES=0
  while IFS=$TAB read -r mp_system mp_variable mp_folder mp_names mp_syntax mp_path mp_value mp_how mp_when; do
    is_for "$mp_system" || continue
    case $mp_when in
      -) ;;
      extension*) exists "$HOME/.vscode/extensions/${mp_when#* }-*" || continue ;;
      shell*) case ${SHELL:-} in */"${mp_when#* }") ;; *) continue ;; esac ;;
    esac
    case $mp_value in *'{model:'*)
      mp_start=${mp_value#*'{model:'}
      mp_start=${mp_start%%'}'*}
      model_like "$mp_start"
      mp_value=${mp_value%%'{model:'*}$FOUND${mp_value#*"{model:$mp_start}"}
      ;;
    esac
    resolve_place "$mp_variable" "$mp_folder" "$mp_names"
    mp_number=$(awk -F '\t' 'BEGIN { p = ARGV[1]; ARGV[1] = "" } $2 == p { print $1; exit }' "$PLACE" "$WORK/files")
    if [ -z "$mp_number" ]; then
      FILES=$((FILES + 1))
      mp_number=$FILES
      printf '%s\t%s\n' "$FILES" "$PLACE" >>"$WORK/files"
      : >"$WORK/ops.$FILES"
      : >"$WORK/secret.$FILES"
    fi
    printf '%s\t%s\t%s\t%s\n' "$mp_how" "$mp_syntax" "$mp_path" "$mp_value" >>"$WORK/ops.$mp_number"
    case $mp_value in *'{key}'*) echo yes >"$WORK/secret.$mp_number" ;; esac
  done <"$WORK/changes"
}

# What the manifest says of a file: K_NUMBER (empty: nothing), K_STATE, K_MODE, K_SUM.
kept_of() {
  K_NUMBER=
  [ -f "$STATE/manifest" ] || return 0
  while IFS=$TAB read -r ko_kind ko_number ko_state ko_mode ko_sum ko_file; do
    if [ "$ko_kind" = file ] && [ "$ko_file" = "$1" ]; then
      K_NUMBER=$ko_number K_STATE=$ko_state K_MODE=$ko_mode K_SUM=$ko_sum
    fi
  done <"$STATE/manifest"
}

# The changes that the manifest has of file number $1, as the editor reads them.
made_of() { awk -F '\t' -v n="$1" '($1 == "made" || $1 == "given") && $2 == n { print ($1 == "made" ? "set" : "given") "\t" $3 "\t" $4 "\t" $5 }' "$STATE/manifest"; }

# $WORK/out: a file, now $1, without our changes. Fails with what is printed where it is left alone.
merge_out() { # text now, number in the manifest
  { echo "mode${TAB}out" && made_of "$2"; } | TG_FILE=$1 TG_BEFORE=$(backup_of "$2") edit >"$WORK/out"
}
backup_of() { if [ -f "$STATE/backup-$1" ]; then echo "$STATE/backup-$1"; else echo /dev/null; fi; }

# Works out every file of the plan: now.N, before.N (with state and mode), after.N. Changes nothing.
work_out() {
  while IFS=$TAB read -r wo_number wo_file; do
    real_file "$wo_file" || fail "$wo_file is a link that leads nowhere."
    check_file "$wo_file"
    printf '%s' "$REAL" >"$WORK/real.$wo_number"
    : >"$WORK/now.$wo_number"
    wo_state=absent
    wo_mode=-
    if [ -e "$REAL" ]; then
      cat "$REAL" >"$WORK/now.$wo_number"
      wo_state=present
      wo_mode=$(mode_of "$REAL")
    fi
    cp "$WORK/now.$wo_number" "$WORK/before.$wo_number"
    kept_of "$REAL"
    if [ -n "$K_NUMBER" ]; then
      if [ $wo_state = absent ] || [ "$(sum_of "$REAL")" = "$K_SUM" ]; then
        cat "$(backup_of "$K_NUMBER")" >"$WORK/before.$wo_number"
        wo_state=$K_STATE
      else
        merge_out "$REAL" "$K_NUMBER" || fail "$wo_file $(cat "$WORK/out"). Nothing was changed."
        cp "$WORK/out" "$WORK/before.$wo_number"
        wo_state=present
      fi
      wo_mode=$K_MODE
    fi
    printf '%s\n%s\n' "$wo_state" "$wo_mode" >"$WORK/was.$wo_number"
    edit_input "$wo_number" | TG_FILE=$WORK/before.$wo_number edit >"$WORK/after.$wo_number" ||
      fail "$wo_file $(cat "$WORK/after.$wo_number"). Nothing was changed."
  done <"$WORK/files"
}
edit_input() {
  cat <<INPUT
mode${TAB}edit
base$TAB$BASE
model$TAB$MODEL
key$TAB$KEY
INPUT
  cat "$WORK/ops.$1"
}

# Files that only an earlier set-up changed stay with what was there before it: $WORK/earlier has their lines of the
# manifest, numbered behind the others, and $WORK/earlier.N what to put back.
keep_earlier() {
  : >"$WORK/earlier"
  [ -f "$STATE/manifest" ] || return 0
  ke_count=$FILES
  while IFS=$TAB read -r ke_kind ke_number ke_state ke_mode ke_sum ke_file; do
    [ "$ke_kind" = file ] || continue
    ke_found=
    while IFS=$TAB read -r ke_other _; do
      [ "$(cat "$WORK/real.$ke_other")" != "$ke_file" ] || ke_found=yes
    done <"$WORK/files"
    [ -z "$ke_found" ] || continue
    ke_count=$((ke_count + 1))
    [ "$ke_state" = absent ] || cp "$STATE/backup-$ke_number" "$WORK/earlier.$ke_count"
    {
      printf 'file\t%s\t%s\t%s\t%s\t%s\n' "$ke_count" "$ke_state" "$ke_mode" "$ke_sum" "$ke_file"
      awk -F '\t' -v OFS='\t' -v n="$ke_number" -v to="$ke_count" '($1 == "made" || $1 == "given") && $2 == n { $2 = to; print }' "$STATE/manifest"
    } >>"$WORK/earlier"
  done <"$STATE/manifest"
}

# Writes the manifest and the backups, then the files.
write_all() {
  keep_earlier
  : >"$WORK/folders"
  [ ! -f "$STATE/manifest" ] || sed -n "s/^folder$TAB//p" "$STATE/manifest" >"$WORK/folders"
  CHANGED=
  while IFS=$TAB read -r wa_number wa_file; do
    make_folders "$(cat "$WORK/real.$wa_number")" || fail "A folder for $wa_file cannot be made. Nothing was changed."
  done <"$WORK/files"
  (umask 077 && mkdir -p "$STATE") || fail "$STATE cannot be made. Nothing was changed."
  {
    printf 'tollgate-setup\t1\nclient\t%s\nbase\t%s\nmodel\t%s\n' "$CLIENT" "$BASE" "$MODEL"
    sed "s/^/folder$TAB/" "$WORK/folders"
    while IFS=$TAB read -r wa_number wa_file; do
      { read -r wa_state && read -r wa_mode; } <"$WORK/was.$wa_number"
      printf 'file\t%s\t%s\t%s\t%s\t%s\n' "$wa_number" "$wa_state" "$wa_mode" "$(sum_of "$WORK/after.$wa_number")" "$(cat "$WORK/real.$wa_number")"
      { printf 'mode\tmade\nindex\t%s\nbase\t%s\nmodel\t%s\n' "$wa_number" "$BASE" "$MODEL" && cat "$WORK/ops.$wa_number"; } | edit
    done <"$WORK/files"
    cat "$WORK/earlier"
  } >"$WORK/manifest"
  while IFS=$TAB read -r wa_number wa_file; do
    read -r wa_state <"$WORK/was.$wa_number"
    rm -f "$STATE/backup-$wa_number"
    [ "$wa_state" = absent ] || write_file "$STATE/backup-$wa_number" "$WORK/before.$wa_number" yes || fail "No backup could be written. Nothing was changed."
  done <"$WORK/files"
  for wa_backup in "$WORK"/earlier.*; do
    [ ! -f "$wa_backup" ] || write_file "$STATE/backup-${wa_backup##*.}" "$wa_backup" yes || fail "No backup could be written. Nothing was changed."
  done
  write_file "$STATE/manifest" "$WORK/manifest" yes || fail "No manifest could be written. Nothing was changed."
  while IFS=$TAB read -r wa_number wa_file; do
    wa_real=$(cat "$WORK/real.$wa_number")
    wa_secret=-
    [ ! -s "$WORK/secret.$wa_number" ] || wa_secret=yes
    if [ -e "$wa_real" ] && cmp -s "$wa_real" "$WORK/after.$wa_number"; then
      [ $wa_secret = - ] || chmod go= "$wa_real"
      continue
    fi
    write_file "$wa_real" "$WORK/after.$wa_number" $wa_secret || fail "$wa_file cannot be written. sh tollgate.sh $CLIENT undo puts everything back."
    CHANGED="$CHANGED  $wa_real$NEWLINE"
  done <"$WORK/files"
}

# Puts everything back, or nothing where a file was changed since.
put_back() {
  while IFS=$TAB read -r pb_kind pb_number pb_state pb_mode pb_sum pb_file; do
    [ "$pb_kind" = file ] || continue
    check_file "$pb_file"
    : >"$WORK/how.$pb_number"
    if [ ! -e "$pb_file" ]; then
      [ "$pb_state" = present ] || continue
      [ -n "$FORCE" ] || changed_since "$pb_file" "was taken away"
      echo backup >"$WORK/how.$pb_number"
    elif [ "$(sum_of "$pb_file")" = "$pb_sum" ]; then
      if [ "$pb_state" = present ]; then echo backup >"$WORK/how.$pb_number"; else echo remove >"$WORK/how.$pb_number"; fi
    elif [ "$pb_state" = present ] && cmp -s "$pb_file" "$STATE/backup-$pb_number"; then
      echo backup >"$WORK/how.$pb_number"
    else
      [ -n "$FORCE" ] || changed_since "$pb_file" "was changed"
      merge_out "$pb_file" "$pb_number" || fail "$pb_file $(cat "$WORK/out"). Nothing was undone."
      cp "$WORK/out" "$WORK/merged.$pb_number"
      echo merged >"$WORK/how.$pb_number"
      if [ "$pb_state" = absent ] && [ "$({ echo "mode${TAB}blank" && made_of "$pb_number"; } | TG_FILE=$WORK/out edit)" = 1 ]; then
        echo remove >"$WORK/how.$pb_number"
      fi
    fi
  done <"$STATE/manifest"
  CHANGED=
  while IFS=$TAB read -r pb_kind pb_number pb_state pb_mode pb_sum pb_file; do
    [ "$pb_kind" = file ] || continue
    case $(cat "$WORK/how.$pb_number") in
      '') continue ;;
      remove) rm -f "$pb_file" ;;
      backup)
        : >"$WORK/folders"
        make_folders "$pb_file" && write_file "$pb_file" "$STATE/backup-$pb_number" -
        ;;
      merged) write_file "$pb_file" "$WORK/merged.$pb_number" - ;;
    esac || fail "$pb_file cannot be written. What was there before is in $STATE."
    [ "$pb_mode" = - ] || [ ! -e "$pb_file" ] || chmod "$pb_mode" "$pb_file"
    CHANGED="$CHANGED  $pb_file$NEWLINE"
  done <"$STATE/manifest"
  sed -n "s/^folder$TAB//p" "$STATE/manifest" | sort -r | while IFS= read -r pb_folder; do rmdir "$pb_folder" 2>/dev/null || :; done
  rm -rf "$STATE"
  rmdir "$HOME/.tollgate/setup" "$HOME/.tollgate" 2>/dev/null || :
}
changed_since() { fail "$1 $2 since it was set up. Nothing was undone. With --force only what the set-up wrote is taken out of it, and every other change stays."; }

# KEPT_KEY: the key that was set up, read from where the client reads it.
read_kept_key() {
  KEPT_KEY=
  [ -f "$STATE/manifest" ] || return 0
  while IFS=$TAB read -r rk_kind rk_number _ _ _ rk_file; do
    if [ "$rk_kind" != file ] || [ ! -f "$rk_file" ] || [ -n "$KEPT_KEY" ]; then continue; fi
    KEPT_KEY=$({ echo "mode${TAB}key" && made_of "$rk_number"; } | TG_FILE=$rk_file edit) || KEPT_KEY=
  done <"$STATE/manifest"
}
