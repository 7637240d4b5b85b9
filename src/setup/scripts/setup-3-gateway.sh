
# Takes the key from TOLLGATE_API_KEY, from standard input, or from the terminal, unseen. Never from the command line,
# where everybody on the machine could see it.
read_key() {
  read_kept_key
  if [ -n "$KEY_STDIN" ]; then
    IFS= read -r KEY || :
  elif [ -n "$GIVEN_KEY" ]; then
    KEY=$GIVEN_KEY
  elif (: </dev/tty) 2>/dev/null; then
    if [ -n "$KEPT_KEY" ]; then printf 'Tollgate key (Enter keeps the present one): ' >/dev/tty; else printf 'Tollgate key: ' >/dev/tty; fi
    STTY=$(stty -g </dev/tty)
    stty -echo </dev/tty
    IFS= read -r KEY </dev/tty || KEY=
    stty "$STTY" </dev/tty
    STTY=
    echo >/dev/tty
    [ -n "$KEY" ] || KEY=$KEPT_KEY
  else
    KEY=$KEPT_KEY
    [ -n "$KEY" ] || fail "There is no terminal to ask for the key. Put it into TOLLGATE_API_KEY, or use --key-stdin."
  fi
  is_key "$KEY" || fail "That is not a key: keys are letters, digits and the signs - _ . ~ +, without spaces."
}

# What curl and wget are told by a pipe or a file of ours, so that no list of processes shows the key.
curl_config() { # method, header that takes the key, its value
  cat <<CONFIG
header = "$2: $3"
user-agent = "tollgate-setup/$VERSION ($CLIENT)"
CONFIG
  [ "$1" = GET ] || printf 'header = "content-type: application/json"\ndata-binary = "@%s"\n' "$WORK/request"
  if [ "$1" != GET ] && [ "$FORMAT" = anthropic-messages ]; then echo 'header = "anthropic-version: 2023-06-01"'; fi
}
wget_config() { # method, header that takes the key, its value
  cat <<CONFIG
header = $2: $3
CONFIG
  if [ "$1" != GET ]; then echo 'header = content-type: application/json'; fi
  if [ "$1" != GET ] && [ "$FORMAT" = anthropic-messages ]; then echo 'header = anthropic-version: 2023-06-01'; fi
}

# Asks the gateway: STATUS (empty: no answer), $WORK/head, $WORK/body.
ask() { # method, path, header that takes the key
  STATUS=
  as_key=$KEY
  [ "$3" != authorization ] || as_key="Bearer $KEY"
  : >"$WORK/head"
  : >"$WORK/body"
  : >"$WORK/error"
  if command -v curl >/dev/null 2>&1; then
    STATUS=$(curl_config "$1" "$3" "$as_key" |
      curl -sS -K - -X "$1" --max-time 60 -D "$WORK/head" -o "$WORK/body" -w '%{http_code}' "$BASE$2" 2>"$WORK/error") || STATUS=
  elif wget --version 2>/dev/null | grep -q GNU; then
    wget_config "$1" "$3" "$as_key" >"$WORK/wgetrc"
    as_url=$BASE$2
    if [ "$1" = POST ]; then set -- "--post-file=$WORK/request"; else set --; fi
    WGETRC=$WORK/wgetrc wget -q -S --max-redirect=0 --content-on-error --tries=1 --timeout=60 \
      -U "tollgate-setup/$VERSION ($CLIENT)" -O "$WORK/body" "$@" "$as_url" 2>"$WORK/error" || :
    rm -f "$WORK/wgetrc"
    sed 's/^  *//' "$WORK/error" >"$WORK/head"
    STATUS=$(awk '/^HTTP\// { s = $2 } END { print s }' "$WORK/head")
  else
    fail "curl is missing, and there is no GNU wget either. Install curl, then run this again. Nothing was changed."
  fi
  case $STATUS in 000 | *[!0-9]*) STATUS= ;; esac
  [ -n "$STATUS" ]
}
header() { awk -v name="$1" '{ sub(/\r$/, ""); i = index($0, ":"); if (tolower(substr($0, 1, i - 1)) == name) { s = substr($0, i + 1); sub(/^ +/, "", s); v = s } } END { print v }' "$WORK/head"; }
# A text member of the answer, the first of that name. What a terminal would obey is taken out.
member() { awk -v name="$1" 'BEGIN { RS = "\001" } { if (match($0, "\"" name "\"[ \t\r\n]*:[ \t\r\n]*\"([^\"\\\\]|\\\\.)*\"")) { s = substr($0, RSTART, RLENGTH); sub(/^"[^"]*"[ \t\r\n]*:[ \t\r\n]*"/, "", s); sub(/"$/, "", s); gsub(/\\"/, "\"", s); gsub(/[\001-\037\177]/, " ", s); gsub(/\302[\200-\237]/, " ", s); print s } }' "$WORK/body"; }
no_answer() { printf '%s does not answer: %s' "$BASE" "$(tr '\001-\037\177' ' ' <"$WORK/error" | cut -c 1-200)"; }

# $WORK/models: what the key may use, names that are none left out (see is_model). Fails with WHY.
ask_models() {
  ask GET /v1/models authorization || { WHY=$(no_answer) && return 1; }
  DATE=$(header date)
  if [ "$STATUS" != 200 ]; then
    WHY="$BASE refuses the key ($STATUS): $(member message)"
    [ -n "$(member message)" ] || WHY="$BASE is not a gateway: GET /v1/models answers $STATUS, without models."
    return 1
  fi
  awk 'BEGIN { RS = "{" } /"object"[ ]*:[ ]*"model"/ {
    id = $0; sub(/.*"id"[ ]*:[ ]*"/, "", id); sub(/".*/, "", id)
    type = ""
    if (match($0, /"type"[ ]*:[ ]*"[^"]*"/)) { type = substr($0, RSTART, RLENGTH); sub(/"$/, "", type); sub(/.*"/, "", type) }
    created = 0
    if (match($0, /"created"[ ]*:[ ]*[0-9]+/)) { created = substr($0, RSTART, RLENGTH); sub(/.*[^0-9]/, "", created) }
    # As a text: within a pattern busybox takes the backslash before the slash for one that is meant.
    if (id !~ "^[A-Za-z0-9][A-Za-z0-9._:/@+-]*$" || length(id) > 128) next
    if (type == "" || type == "chat") print created "\t" NR "\t" id
  }' "$WORK/body" | sort -k1,1nr -k2,2n | cut -f 3 >"$WORK/models"
  grep -q '"data"' "$WORK/body" || { WHY="$BASE is not a gateway: GET /v1/models answers $STATUS, without models." && return 1; }
}

choose_model() {
  [ -z "$MODEL" ] || return 0
  cm_before=
  [ ! -f "$STATE/manifest" ] || cm_before=$(sed -n "s/^model$TAB//p" "$STATE/manifest")
  if [ -n "$cm_before" ] && grep -qxF -e "$cm_before" "$WORK/models"; then
    MODEL=$cm_before
    return 0
  fi
  for cm_start in $PREFERS; do
    while IFS= read -r cm_model; do
      case $cm_model in "$cm_start"*) [ -n "$MODEL" ] || MODEL=$cm_model ;; esac
    done <"$WORK/models"
  done
  [ -n "$MODEL" ] || IFS= read -r MODEL <"$WORK/models" || :
}

# Sends a request as the client does and looks whether it came to this gateway: REACHED says what became of it.
try_request() {
  tr_text="Tollgate setup check $(od -An -N6 -tx1 /dev/urandom | tr -d ' \n'). Answer with the word ok."
  tr_messages='[{"role":"user","content":"'$tr_text'"}]'
  case $FORMAT in
    openai-chat)
      tr_path=/v1/chat/completions
      tr_body='{"model":"'$MODEL'","max_completion_tokens":64,"messages":'$tr_messages'}'
      ;;
    openai-responses)
      tr_path=/v1/responses
      tr_body='{"model":"'$MODEL'","max_output_tokens":64,"store":false,"input":"'$tr_text'"}'
      ;;
    anthropic-messages)
      tr_path=/v1/messages
      tr_body='{"model":"'$MODEL'","max_tokens":64,"messages":'$tr_messages'}'
      ;;
    *)
      tr_path=/v1beta/models/$MODEL:generateContent
      tr_body='{"contents":[{"role":"user","parts":[{"text":"'$tr_text'"}]}],"generationConfig":{"maxOutputTokens":64}}'
      ;;
  esac
  printf '%s' "$tr_body" >"$WORK/request"
  ask POST "$tr_path" "$AUTH" || { REACHED="The test request did not reach this gateway. $(no_answer)" && return 1; }
  tr_id=$(header x-tollgate-request-id)
  [ -n "$tr_id" ] || tr_id=$(header x-request-id)
  case $tr_id in
    req_*[!A-Za-z0-9_]* | '') tr_id= ;;
    req_*) ;;
    *) tr_id= ;;
  esac
  [ -n "$tr_id" ] || { REACHED="The test request did not reach this gateway. Something answered at $BASE ($STATUS), but it is not this gateway: it names no request." && return 1; }
  if [ "$STATUS" != 200 ]; then
    REACHED="The test request reached this gateway ($tr_id), which refused it with $STATUS: $(member message)"
    return 1
  fi
  REACHED="A test request as $NAME sends it ($FORMAT, $MODEL) reached this gateway: $tr_id at $BASE"
  for tr_try in 1 2 3 4 5; do
    ask GET "/v1/receipts/$tr_id" authorization || :
    [ "$STATUS" != 403 ] || { REACHED="$REACHED." && return 0; }
    if [ "$(member request_id)" = "$tr_id" ] && [ "$(member client_format)" = "$FORMAT" ]; then
      REACHED="$REACHED, $(member provider) answered, \$$(member cost_usd)."
      return 0
    fi
    [ "$tr_try" = 5 ] || sleep 1
  done
  REACHED="The test request did not reach this gateway. $BASE answered as request $tr_id, but has no receipt of it."
  return 1
}
