
steps() { sed -e "s|{base}|$BASE|g" -e "s|{model}|$MODEL|g" "$WORK/steps"; }

# Keys in a difference are made unreadable.
show_differences() {
  while IFS=$TAB read -r sd_number _; do
    cmp -s "$WORK/now.$sd_number" "$WORK/after.$sd_number" && continue
    printf -- '--- %s\n+++ %s\n' "$(cat "$WORK/real.$sd_number")" "$(cat "$WORK/real.$sd_number")"
    diff -u "$WORK/now.$sd_number" "$WORK/after.$sd_number" | sed -e 1,2d |
      sed -E 's/(sk|pk|xai|gsk|ghp|glpat|AIza)[-_A-Za-z0-9]{8,}/\1.../g'
  done <"$WORK/files"
}

do_setup() {
  if [ -z "$BY_HAND" ] && ! find_trace && [ -z "$ANYWAY" ]; then
    fail "$NAME is not on this machine. Looked for: $LOOKED. Nothing was changed. Install it first, or set it up all the same with --anyway."
  fi
  [ -z "$MODEL" ] || is_model "$MODEL" || wrong_usage "That is not a name of a model."
  if [ -n "$DRY_RUN" ]; then
    KEY='(your key)'
    [ -n "$MODEL" ] || [ ! -f "$STATE/manifest" ] || MODEL=$(sed -n "s/^model$TAB//p" "$STATE/manifest")
    if [ -z "$MODEL" ]; then
      MODEL=MODEL
      [ -n "$BY_HAND" ] || say "The model is chosen when the gateway is asked; --model names one."
    fi
    make_plan
    work_out
    show_differences
    [ -z "$BY_HAND" ] || steps
    say "Nothing was changed."
    return 0
  fi
  read_key
  ask_models || fail "$WHY Nothing was changed."
  choose_model
  is_model "$MODEL" || fail "This key may use no model. Nothing was changed. Name one with --model."
  if [ -z "$BY_HAND" ]; then
    make_plan
    work_out
    write_all
    if [ -z "$CHANGED" ]; then
      say "$NAME is set up already: $BASE, model $MODEL."
    else
      say "$NAME is set up for $BASE, model $MODEL. Changed:"
      printf '%s' "$CHANGED"
      say "To put them back: run this script again with: undo"
    fi
    read_kept_key
    KEY=$KEPT_KEY
  fi
  steps
  ds_code=0
  if try_request; then say "$REACHED"; else ds_code=1 && problem "$REACHED"; fi
  KEPT_KEY=$KEY
  find_conflicts
  [ -z "$CONFLICTS" ] || problem "But here $CONFLICTS is set, which $NAME may take instead. Unset it in the shell and in its profile."
  return $ds_code
}

# CONFLICTS: variables that the client may take instead of what was set up. One that says the same is in nobody's way.
find_conflicts() {
  CONFLICTS=
  while IFS= read -r fc_name; do
    eval "fc_value=\${$fc_name:-}"
    [ "$fc_name" != TOLLGATE_API_KEY ] || fc_value=$GIVEN_KEY
    # shellcheck disable=SC2154 # Set by eval.
    case $fc_value in '' | "$KEPT_KEY" | "$BASE" | "$BASE/v1") continue ;; esac
    CONFLICTS="$CONFLICTS${CONFLICTS:+, }$fc_name"
  done <"$WORK/conflicts"
}

do_undo() {
  if [ ! -f "$STATE/manifest" ]; then
    say "$NAME was not set up here. Nothing was changed."
    return 0
  fi
  IFS= read -r du_head <"$STATE/manifest"
  [ "$du_head" = "tollgate-setup${TAB}1" ] || fail "$STATE/manifest was written by another version of the set-up."
  put_back
  say "$NAME is as it was before it was set up."
  printf '%s' "$CHANGED"
}

good() { say "ok     $*"; }
look() { say "look   $*"; }
wrong() {
  say "WRONG  $*"
  SICK=yes
}

do_doctor() {
  SICK=
  if find_trace; then
    dd_version=
    [ "$PROGRAM" = - ] || ! command -v "$PROGRAM" >/dev/null 2>&1 ||
      dd_version=$("$PROGRAM" --version 2>/dev/null </dev/null | sed -n 's/^[^0-9]*\([0-9][0-9]*\.[0-9][0-9.]*[^ ]*\).*$/\1/p' | head -n 1)
    good "client: $NAME${dd_version:+ $dd_version} ($TRACE)"
  elif [ -n "$BY_HAND" ]; then
    good "client: $NAME is set up by hand."
  else
    wrong "client: $NAME is not on this machine."
  fi
  [ -n "$BY_HAND" ] || check_files
  read_kept_key
  check_environment
  check_gateway
  [ -z "$SICK" ]
}

check_files() {
  if [ ! -f "$STATE/manifest" ]; then
    wrong "files: $NAME was not set up here."
    return 0
  fi
  while IFS=$TAB read -r cf_kind cf_number _ _ _ cf_file; do
    [ "$cf_kind" = file ] || continue
    if [ ! -f "$cf_file" ]; then
      wrong "file: $cf_file is gone."
      continue
    fi
    cf_different=$({ echo "mode${TAB}check" && made_of "$cf_number"; } | TG_FILE=$cf_file edit)
    case $(ls -ldL "$cf_file") in ????------*) cf_open= ;; *) cf_open=yes ;; esac
    if [ -n "$cf_different" ]; then
      wrong "file: $cf_file does not say what was set: $cf_different."
    elif [ -n "$cf_open" ] && made_of "$cf_number" | grep -q '{key}'; then
      wrong "file: $cf_file has the key in it, and others may read it. chmod 600 it."
    else
      good "file: $cf_file is as it was set."
    fi
  done <"$STATE/manifest"
}

check_environment() {
  find_conflicts
  if [ -n "$CONFLICTS" ]; then
    wrong "environment: $CONFLICTS: set, and $NAME may take it instead of what was set up. Unset in the shell and in its profile."
  else
    good "environment: no variable in the way of $NAME."
  fi
  for ce_name in HTTPS_PROXY https_proxy HTTP_PROXY http_proxy ALL_PROXY all_proxy; do
    eval "ce_value=\${$ce_name:-}"
    # shellcheck disable=SC2154 # Set by eval.
    [ -z "$ce_value" ] || look "proxy: $ce_name is set: requests to $BASE may go through it. NO_PROXY makes exceptions."
  done
  if [ "$REMOTE" = remote ]; then
    case $BASE in
      http://* | https://localhost* | https://127.*) wrong "address: $NAME asks from servers of its maker, which cannot reach $BASE. It needs an https address on the internet." ;;
    esac
  fi
}

# Seconds between this clock and that of the gateway, by its Date header.
clock_skew() {
  awk -v date="$DATE" -v now="$(date +%s)" 'BEGIN {
    split(date, d, /[ :]/)
    m = (index("JanFebMarAprMayJunJulAugSepOctNovDec", d[3]) + 2) / 3
    y = d[4] - (m <= 2); era = int(y / 400); yoe = y - era * 400
    doy = int((153 * (m + (m > 2 ? -3 : 9)) + 2) / 5) + d[2] - 1
    days = era * 146097 + yoe * 365 + int(yoe / 4) - int(yoe / 100) + doy - 719468
    print now - (days * 86400 + d[5] * 3600 + d[6] * 60 + d[7])
  }'
}

check_gateway() {
  KEY=$KEPT_KEY
  [ -n "$KEY" ] || read_key
  if ! ask_models; then
    wrong "gateway: $WHY"
    return 0
  fi
  good "gateway: $BASE answers, and takes the key."
  choose_model
  if ! is_model "$MODEL"; then
    wrong "model: this key may use no model."
    return 0
  fi
  if grep -qxF -e "$MODEL" "$WORK/models"; then
    good "model: $MODEL is there."
  else
    look "model: $MODEL is not in the list of this key; an alias is not listed either. There are: $(head -n 10 "$WORK/models" | tr '\n' ' ')"
  fi
  if [ -n "$DATE" ]; then
    cg_skew=$(clock_skew)
    case ${cg_skew#-} in
      ? | ?? | 1[01]?) good "clock: as the gateway has it." ;;
      *) look "clock: this machine is $cg_skew s ahead of the gateway (behind it, where that is below zero)." ;;
    esac
  fi
  if try_request; then good "request: $REACHED"; else wrong "request: $REACHED"; fi
  [ -z "$BY_HAND" ] || steps
}

# Looks which clients are here, asks which of them to set up, and does each by itself.
choose_clients() {
  : >"$WORK/found"
  table >"$WORK/table"
  for cc_id in $(sed -n "s/^C$TAB\([a-z-]*\)$TAB.*/\1/p" "$WORK/table"); do
    CLIENT=$cc_id
    read_client
    if [ -z "$BY_HAND" ] && find_trace; then printf '%s\t%s\t%s\n' "$cc_id" "$NAME" "$TRACE" >>"$WORK/found"; fi
  done
  [ -s "$WORK/found" ] || fail "None of the clients is on this machine. Nothing was changed. The word list names those that can be set up."
  say "On this machine:"
  awk -F '\t' '{ printf "  %d  %-16s%s\n", NR, $1, $3 }' "$WORK/found"
  (: </dev/tty) 2>/dev/null || wrong_usage "There is no terminal to ask which. Name one: sh tollgate.sh <client>"
  printf 'Which (numbers or names, or all)? ' >/dev/tty
  IFS= read -r cc_answer </dev/tty || cc_answer=
  cc_chosen=$(printf '%s\n' "$cc_answer" | awk -v found="$WORK/found" '{
    while ((getline row < found) > 0) { split(row, f, "\t"); id[++n] = f[1] }
    for (i = 1; i <= NF; i++) for (k = 1; k <= n; k++) if ($i == k || $i == id[k] || $i == "all") print id[k]
  }')
  [ -n "$cc_chosen" ] || fail "None was chosen. Nothing was changed."
  cc_failed=
  for cc_id in $cc_chosen; do
    CLIENT=$cc_id
    read_client
    if [ -z "$KEY" ] && [ -z "$DRY_RUN" ]; then
      read_key
      GIVEN_KEY=$KEY
      KEY_STDIN=
    fi
    say ""
    (do_setup) || cc_failed=yes
  done
  [ -z "$cc_failed" ]
}

clean_up() {
  [ -z "${STTY:-}" ] || stty "$STTY" </dev/tty
  [ -z "$WORK" ] || rm -rf "$WORK"
}

main() {
  read_arguments "$@"
  [ -n "${HOME:-}" ] || fail "HOME is not set."
  case $HOME in *"$TAB"* | *"$NEWLINE"*) fail "The path of the home folder has a tab or a line break in it." ;; esac
  case $(uname -s) in Darwin) SYSTEM=macos ;; *) SYSTEM=linux ;; esac
  if [ "$ACTION" = list ]; then
    list_clients
    return 0
  fi
  for ma_tool in awk sed cmp cksum diff mktemp; do
    command -v $ma_tool >/dev/null 2>&1 || fail "$ma_tool is missing. Install it, then run this again. Nothing was changed."
  done
  EDIT_PROGRAM=$(edit_program)
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  WORK=$(mktemp -d "${TMPDIR:-/tmp}/tollgate.XXXXXX") || fail "There is no room for temporary files."
  if [ -z "$CLIENT" ]; then
    [ "$ACTION" = setup ] || wrong_usage "Which client? The word list names those there are."
    check_base
    choose_clients
    return
  fi
  read_client
  if [ -z "${BASE_GIVEN:-}" ] && [ -f "$STATE/manifest" ] && [ "$ACTION" = doctor ]; then
    BASE=$(sed -n "s/^base$TAB//p" "$STATE/manifest")
  fi
  if [ "$ACTION" = undo ]; then
    do_undo
    return
  fi
  check_base
  if [ "$ACTION" = doctor ]; then do_doctor; else do_setup; fi
}
