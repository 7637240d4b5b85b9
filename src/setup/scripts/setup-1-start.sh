# What follows needs a POSIX shell, awk, and curl or GNU wget. Nothing of it runs before the last line was read.
set -u
umask 077
if [ -n "${ZSH_VERSION:-}" ]; then emulate sh; fi
LC_ALL=C
export LC_ALL
TAB=$(printf '\t')
NEWLINE='
'
ACTION=setup
MODEL=
DRY_RUN=
ANYWAY=
FORCE=
KEY_STDIN=
WORK=
# The key is never exported again: no program that is started gets it in its environment.
GIVEN_KEY=${TOLLGATE_API_KEY:-}
unset TOLLGATE_API_KEY
KEY=

say() { printf '%s\n' "$*"; }
problem() { printf '%s\n' "$*" >&2; }
fail() {
  problem "$*"
  exit 1
}
wrong_usage() {
  problem "$*"
  exit 2
}

usage() {
  say "Usage: sh tollgate.sh [client] [setup|undo|doctor] [options]"
  say "       sh tollgate.sh list"
  say "Without a client it looks which are on this machine, and asks."
  say "  --base-url <url>  the gateway, without /v1${BASE:+; $BASE when left out}"
  say "  --model <model>   the model to use; when left out, the one that suits the client best"
  say "  --key-stdin       read the key from standard input; else it is TOLLGATE_API_KEY, or asked for, unseen"
  say "  --dry-run         show what would be changed, and change nothing"
  say "  --anyway          write the files although the client is not on this machine"
  say "  --force           undo: where a file was changed since, take out of it only what the set-up wrote"
}

read_arguments() {
  while [ $# -gt 0 ]; do
    case $1 in
      --base-url | --model)
        [ $# -gt 1 ] || wrong_usage "$1 needs a value."
        if [ "$1" = --model ]; then MODEL=$2; else BASE=$2; fi
        BASE_GIVEN=$([ "$1" = --base-url ] && echo yes || echo "${BASE_GIVEN:-}")
        shift
        ;;
      --base-url=*) BASE=${1#*=} BASE_GIVEN=yes ;;
      --model=*) MODEL=${1#*=} ;;
      --dry-run) DRY_RUN=yes ;;
      --anyway) ANYWAY=yes ;;
      --force) FORCE=yes ;;
      --key-stdin) KEY_STDIN=yes ;;
      -h | --help)
        usage
        exit 0
        ;;
      -*) wrong_usage "There is no option $1. --help shows those there are." ;;
      setup | undo | doctor | list) ACTION=$1 ;;
      *) CLIENT=$1 ;;
    esac
    shift
  done
}

# Characters that no syntax of files or shells reads as something else: then nothing has to be quoted.
is_base_url() {
  case $1 in
    *[!A-Za-z0-9:/._~\[\]-]*) return 1 ;;
    http://?* | https://?*) return 0 ;;
  esac
  return 1
}
is_key() { case $1 in '' | *[!A-Za-z0-9._~+-]*) return 1 ;; ????????*) return 0 ;; *) return 1 ;; esac }
is_model() { case $1 in '' | *[!A-Za-z0-9._:/@+-]* | [!A-Za-z0-9]*) return 1 ;; esac }

check_base() {
  while :; do
    case $BASE in
      */) BASE=${BASE%/} ;;
      */v1) BASE=${BASE%/v1} ;;
      */v1beta) BASE=${BASE%/v1beta} ;;
      *) break ;;
    esac
  done
  [ -n "$BASE" ] || wrong_usage "This gateway has no public address in its configuration (public_url). Give its address with --base-url https://gateway.example"
  is_base_url "$BASE" || wrong_usage "That is not a base URL. Give one with --base-url https://gateway.example"
}

# Everything the table says about one client goes into variables, and its rows into files.
read_client() {
  NAME=
  table >"$WORK/table"
  rc_on=
  : >"$WORK/signs"
  : >"$WORK/changes"
  : >"$WORK/conflicts"
  : >"$WORK/steps"
  while IFS=$TAB read -r rc_kind rc_rest; do
    if [ "$rc_kind" = C ]; then
      rc_on=
      case $rc_rest in "$CLIENT$TAB"*) rc_on=yes ;; esac
    fi
    [ -n "$rc_on" ] || continue
    case $rc_kind in
      C) IFS=$TAB read -r _ NAME FORMAT AUTH PROGRAM REMOTE <<ROW
$rc_rest
ROW
        ;;
      P) PREFERS=$rc_rest ;;
      S) printf '%s\n' "$rc_rest" >>"$WORK/signs" ;;
      E) printf '%s\n' "$rc_rest" >>"$WORK/changes" ;;
      W) printf '%s\n' "$rc_rest" >>"$WORK/conflicts" ;;
      T) printf '%s\n' "$rc_rest" >>"$WORK/steps" ;;
    esac
  done <"$WORK/table"
  [ -n "$NAME" ] || wrong_usage "There is no client of that name. sh tollgate.sh list names those there are."
  BY_HAND=yes
  [ -s "$WORK/changes" ] && BY_HAND=
  STATE=$HOME/.tollgate/setup/$CLIENT
}

list_clients() {
  table | while IFS=$TAB read -r lc_kind lc_id lc_name _; do
    [ "$lc_kind" = C ] || continue
    lc_state=
    [ -f "$HOME/.tollgate/setup/$lc_id/manifest" ] && lc_state="set up: $(sed -n "s/^base$TAB//p" "$HOME/.tollgate/setup/$lc_id/manifest")"
    printf '%-16s%-16s%s\n' "$lc_id" "$lc_name" "$lc_state"
  done
}

is_for() { case ",$1," in ,any, | *",$SYSTEM,"*) return 0 ;; *) return 1 ;; esac }

exists() {
  case $1 in
    *'*')
      for ex_path in "${1%?}"*; do [ -e "$ex_path" ] && return 0; done
      return 1
      ;;
  esac
  [ -e "$1" ]
}

# PLACE: where a file is on this machine, by variable, folder and names of the table.
resolve_place() {
  rp_root=$2
  if [ "$1" != - ]; then
    eval "rp_moved=\${$1:-}"
    # shellcheck disable=SC2154 # Set by eval.
    case $rp_moved in /*) rp_root=${rp_moved%/} ;; esac
  fi
  # shellcheck disable=SC2088 # The table has the sign itself.
  case $rp_root in '~'*) rp_root=$HOME${rp_root#?} ;; esac
  rp_rest=$3
  PLACE=
  while :; do
    rp_path=$rp_root/${rp_rest%%|*}
    rp_path=${rp_path%/.}
    [ -n "$PLACE" ] || PLACE=$rp_path
    if exists "$rp_path"; then
      PLACE=$rp_path
      return
    fi
    case $rp_rest in *'|'*) rp_rest=${rp_rest#*|} ;; *) return ;; esac
  done
}

# TRACE: what tells that the client is here.
find_trace() {
  TRACE=
  if [ "$PROGRAM" != - ] && command -v "$PROGRAM" >/dev/null 2>&1; then
    TRACE=$(command -v "$PROGRAM")
    return 0
  fi
  LOOKED=
  [ "$PROGRAM" = - ] || LOOKED="the command $PROGRAM"
  while IFS=$TAB read -r ft_system ft_variable ft_folder ft_names; do
    is_for "$ft_system" || continue
    resolve_place "$ft_variable" "$ft_folder" "$ft_names"
    if exists "$PLACE"; then
      TRACE=$PLACE
      return 0
    fi
    LOOKED="$LOOKED${LOOKED:+, }$PLACE"
  done <"$WORK/signs"
  return 1
}

# FOUND: the first of the models whose name begins so, else the model that was chosen.
model_like() {
  FOUND=$MODEL
  [ -f "$WORK/models" ] || return 0
  while IFS= read -r ml_model; do
    case $ml_model in "$1"*)
      FOUND=$ml_model
      return
      ;;
    esac
  done <"$WORK/models"
}
