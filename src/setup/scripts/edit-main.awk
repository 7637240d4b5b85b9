# Reads what is to be done from its input, line by line, fields between tabs, and does it to the file TG_FILE.
#   mode   edit | out | made | check | key | blank
#   base, model, key   what {base}, {model} and {key} stand for
#   set | given   syntax  path  value
# It prints the changed text (edit: with the changes, out: without them, with TG_BEFORE as it was), or what is recorded
# of the changes (made), or what differs from them (check), or the key that is written (key). Exit code 3: the file is
# left alone, and what is printed says why. Bytes are characters: LC_ALL=C.

BEGIN { FS = "\t"; BOM = "\357\273\277" }
{ FIELD[NR] = $0; ROWS = NR }
END {
  MODE = "edit"
  for (r = 1; r <= ROWS; r++) {
    split(FIELD[r], F, "\t")
    if (F[1] == "mode") MODE = F[2]
    else if (F[1] == "base" || F[1] == "model" || F[1] == "key") FILL[F[1]] = F[2]
    else if (F[1] == "index") INDEX = F[2]
    else if (F[1] == "set" || F[1] == "given") {
      OPS++
      O_given[OPS] = F[1] == "given"; O_syntax[OPS] = F[2]; O_path[OPS] = fill_path(F[3]); O_value[OPS] = F[4]
    }
  }
  if (MODE == "made") { print_made(); exit 0 }
  T = read_all(ENVIRON["TG_FILE"])
  BEFORE = MODE == "out" ? read_all(ENVIRON["TG_BEFORE"]) : ""
  if (index(T, "\001")) refuse("is not text in UTF-8")
  EOL = match(T, /\n/) && substr(T, RSTART - 1, 1) == "\r" ? "\r\n" : "\n"
  if (MODE == "edit") for (o = 1; o <= OPS && !REFUSED; o++) do_set(o)
  if (MODE == "out") for (o = OPS; o >= 1 && !REFUSED; o--) do_out(o)
  if (MODE == "check") for (o = 1; o <= OPS && !REFUSED; o++) do_check(o)
  if (MODE == "key") for (o = 1; o <= OPS && !REFUSED; o++) if (do_key(o)) exit 0
  if (MODE == "blank") { OUT = is_blank(O_syntax[1]) }
  ORS = ""
  if (REFUSED) { print REFUSED; exit 3 }
  if (MODE == "edit" || MODE == "out") OUT = T
  print OUT
}

function refuse(why) { if (!REFUSED) REFUSED = why }
# A separator that is in no text makes one record of a whole file.
function read_all(path,   all, part, old) {
  if (path == "") return ""
  old = RS
  RS = "\002"
  while ((getline part < path) > 0) all = all part
  close(path)
  RS = old
  return all
}
function replace_all(s, from, to,   out, i) {
  while ((i = index(s, from)) > 0) { out = out substr(s, 1, i - 1) to; s = substr(s, i + length(from)) }
  return out s
}
function fill(s) { return replace_all(replace_all(s, "{base}", FILL["base"]), "{model}", FILL["model"]) }
function fill_path(s,   m) {
  m = replace_all(replace_all(FILL["model"], "~", "~0"), "/", "~1")
  return replace_all(replace_all(s, "{base}", FILL["base"]), "{model}", m)
}
# Lines and backslashes of a value, from how one field holds them.
function unescape(s,   out, i) {
  while ((i = index(s, "\\")) > 0) {
    out = out substr(s, 1, i - 1) (substr(s, i + 1, 1) == "n" ? "\n" : "\\")
    s = substr(s, i + 2)
  }
  return out s
}
# Parts a path into P; how many names it has.
function cut_path(pointer,   n, i) {
  if (pointer == "-") return 0
  n = split(substr(pointer, 2), P, "/")
  for (i = 1; i <= n; i++) { P[i] = replace_all(replace_all(P[i], "~1", "/"), "~0", "~") }
  return n
}

# The present value of a change, in FOUND; 0: there is none.
function get(syntax, pointer,   n) {
  n = cut_path(pointer)
  FOUND = ""
  if (syntax == "json") return json_get(n)
  if (syntax == "toml") return toml_get(pointer)
  if (syntax == "block") return block_get()
  if (syntax == "whole") { FOUND = T; sub(/\n$/, "", FOUND); return T != "" }
  return find_line(syntax, P[1])
}
function put(syntax, pointer, raw,   n) {
  n = cut_path(pointer)
  if (syntax == "json") json_set(n, raw)
  else if (syntax == "toml") toml_set(pointer, raw)
  else if (syntax == "block") block_set(n ? P[1] : "", raw)
  else if (syntax == "whole") T = raw "\n"
  else lines_set(syntax, P[1], raw)
}
function drop(syntax, pointer,   n) {
  n = cut_path(pointer)
  if (syntax == "json") json_remove(n)
  else if (syntax == "toml") toml_remove(pointer)
  else if (syntax == "block") block_remove(n ? P[1] : "")
  else if (syntax == "whole") T = ""
  else if (find_line(syntax, P[1])) replace_lines(AT, 1, 0)
}
function is_blank(syntax) { return syntax == "json" ? json_blank() : syntax == "whole" ? T == "" : T ~ /^[ \t\r\n]*$/ }

function do_set(o,   raw, has) {
  raw = replace_all(unescape(fill(O_value[o])), "{key}", FILL["key"])
  has = get(O_syntax[o], O_path[o])
  if (REFUSED || (has && (O_given[o] || FOUND == raw))) return
  put(O_syntax[o], O_path[o], raw)
}
function do_out(o,   now, is_now, was, is_was) {
  is_now = get(O_syntax[o], O_path[o]); now = FOUND
  if (REFUSED) return
  swap()
  is_was = get(O_syntax[o], O_path[o]); was = FOUND
  swap()
  if (REFUSED || (is_now == is_was && now == was)) return
  if (O_given[o] && now != unescape(O_value[o])) return
  if (is_was) put(O_syntax[o], O_path[o], was)
  else drop(O_syntax[o], O_path[o])
  if (O_syntax[o] == "json" && !REFUSED) prune(O_path[o])
}
function swap(   s) { s = T; T = BEFORE; BEFORE = s }
# Takes away objects around a path that are empty and were not there before.
function prune(pointer,   n, is_was) {
  while (sub(/\/[^\/]*$/, "", pointer) && pointer != "") {
    n = cut_path(pointer)
    if (!json_get(n) || FOUND !~ /^[[{][ \t\r\n]*[]}]$/) return
    swap(); n = cut_path(pointer); is_was = json_get(n); swap()
    if (is_was) return
    n = cut_path(pointer)
    json_remove(n)
  }
}
function print_made(   o) {
  for (o = 1; o <= OPS; o++) print ((O_given[o] ? "given" : "made") "\t" INDEX "\t" O_syntax[o] "\t" O_path[o] "\t" fill(O_value[o]))
}
# What stands before and behind the key in a value: HEAD_PART and TAIL_PART; 0: there is no key in it.
function key_parts(value,   i) {
  i = index(value, "{key}")
  HEAD_PART = substr(value, 1, i - 1); TAIL_PART = substr(value, i + 5)
  return i > 0
}
function found_key(   n) {
  n = length(FOUND) - length(HEAD_PART) - length(TAIL_PART)
  if (n < 1 || substr(FOUND, 1, length(HEAD_PART)) != HEAD_PART) return ""
  if (substr(FOUND, length(HEAD_PART) + n + 1) != TAIL_PART) return ""
  return substr(FOUND, length(HEAD_PART) + 1, n)
}
function do_check(o,   value, has) {
  if (O_given[o]) return
  value = unescape(O_value[o])
  has = get(O_syntax[o], O_path[o])
  if (has && (key_parts(value) ? found_key() != "" : FOUND == value)) return
  OUT = OUT (OUT == "" ? "" : ", ") (O_path[o] == "-" ? "the block" : substr(replace_all(replace_all(O_path[o], "/", "."), "~1", "/"), 2))
}
function do_key(o,   value) {
  value = unescape(O_value[o])
  if (!key_parts(value) || !get(O_syntax[o], O_path[o])) return 0
  OUT = found_key()
  if (OUT == "") return 0
  print OUT
  return 1
}

# Lines between two comments that mark them.
function block_find(   i, s) {
  B_FROM = 0; B_TO = 0
  cut_lines()
  for (i = 1; i <= LINES; i++) {
    s = bare(i)
    gsub(/^[ \t]+|[ \t]+$/, "", s)
    if (!B_FROM && s == "# >>> tollgate setup >>>") B_FROM = i
    if (!B_TO && s == "# <<< tollgate setup <<<") B_TO = i
  }
  if (!B_FROM && !B_TO) return 0
  if (!B_FROM || B_TO < B_FROM) { refuse("has only one of the two lines between which the set-up writes"); return 0 }
  match(L[B_FROM], /^[ \t]*/)
  B_INDENT = substr(L[B_FROM], 1, RLENGTH)
  return 1
}
function block_get(   i) {
  if (!block_find()) return 0
  for (i = B_FROM + 1; i < B_TO; i++) FOUND = FOUND (i > B_FROM + 1 ? "\n" : "") substr(bare(i), length(B_INDENT) + 1)
  return 1
}
# Sets NEW to the marked lines, behind `shift` others.
function block_lines(raw, indent, shift,   n, parts, i) {
  n = split(raw, parts, "\n")
  NEW[shift + 1] = indent "# >>> tollgate setup >>>"
  for (i = 1; i <= n; i++) NEW[shift + i + 1] = parts[i] == "" ? "" : indent parts[i]
  NEW[shift + n + 2] = indent "# <<< tollgate setup <<<"
  return shift + n + 2
}
function block_set(list, raw,   n, i, head, s, value, next_line, indent) {
  if (block_find()) { replace_lines(B_FROM, B_TO - B_FROM + 1, block_lines(raw, B_INDENT, 0)); return }
  if (REFUSED) return
  for (i = 1; i <= LINES && list != "" && !head; i++) if (bare(i) ~ ("^" list "[ \t]*:([ \t]|$)")) head = i
  if (list == "" || !head) {
    n = block_lines(raw, list == "" ? "" : "  ", 0)
    s = list == "" ? "" : list ":" EOL
    for (i = 1; i <= n; i++) s = s NEW[i] (i < n ? EOL : "")
    append(s)
    return
  }
  value = bare(head)
  sub(/^[^:]*:[ \t]*/, "", value); sub(/[ \t]*(#.*)?$/, "", value)
  if (value ~ /^\[[ \t]*\]$/) { NEW[1] = list ":"; replace_lines(head, 1, block_lines(raw, "  ", 1)); return }
  next_line = list_next(head)
  indent = "  "
  if (next_line ~ /^[ \t]*-([ \t]|$)/) { match(next_line, /^[ \t]*/); indent = substr(next_line, 1, RLENGTH) }
  else if (next_line ~ /^[ \t]/) value = "odd"
  if (value != "") { refuse("has a list of " list " written in a way that nothing can be added to"); return }
  replace_lines(head + 1, 0, block_lines(raw, indent, 0))
}
# The next line with content behind a line.
function list_next(head,   i) {
  for (i = head + 1; i <= LINES; i++) if (bare(i) !~ /^[ \t]*(#.*)?$/) return bare(i)
  return ""
}
function block_remove(list,   i, s) {
  if (!block_find()) return
  replace_lines(B_FROM, B_TO - B_FROM + 1, 0)
  if (list == "") return
  cut_lines()
  for (i = 1; i <= LINES; i++) {
    s = bare(i)
    sub(/[ \t]+$/, "", s)
    if (s == list ":" && list_next(i) !~ /^[ \t]*-([ \t]|$)/) { NEW[1] = list ": []"; replace_lines(i, 1, 1); return }
  }
}
