# JSON with comments. T is the text; places in it are counted from 1. A scanned object or array gets a number, by which
# C_* says what it is and M_*[number, i] where its members are.

# The first place from i on that is neither white nor in a comment.
function gap(i,   c, d, j) {
  for (;;) {
    c = substr(T, i, 1)
    if (c == " " || c == "\t" || c == "\r" || c == "\n") { i++; continue }
    if (c != "/") return i
    d = substr(T, i + 1, 1)
    if (d == "/") { j = index(substr(T, i), "\n"); if (!j) return length(T) + 1; i += j - 1 }
    else if (d == "*") { j = index(substr(T, i + 2), "*/"); if (!j) return i; i += j + 3 }
    else return i
  }
}
function json_start() { return gap(substr(T, 1, 3) == BOM ? 4 : 1) }
function json_empty() { return json_start() > length(T) }

# The place behind the text that begins at i; 0: it does not end on its line.
function string_end(i,   c) {
  for (i++; i <= length(T); i++) {
    c = substr(T, i, 1)
    if (c == "\\") i++
    else if (c == "\"") return i + 1
    else if (c == "\n") return 0
  }
  return 0
}
# The place behind the value at i. Sets BAD where there is none.
function value_end(i, depth,   c, n, end) {
  c = substr(T, i, 1)
  if (c == "{" || c == "[") { n = scan(i, depth); return BAD ? 0 : C_close[n] + 1 }
  if (c == "\"") { end = string_end(i); if (!end) BAD = i; return end }
  if (match(substr(T, i, 200), /^(-?[0-9][0-9.eE+-]*|true|false|null)/)) return i + RLENGTH
  BAD = i
  return 0
}
# Scans the object or array at i; its number.
function scan(i, depth,   n, at, closing, count, end, colon, start, vs) {
  n = ++SCANNED
  C_open[n] = i; C_array[n] = (substr(T, i, 1) == "["); C_n[n] = 0
  closing = C_array[n] ? "]" : "}"
  if (depth > 100) { BAD = i; return n }
  at = gap(i + 1)
  for (;;) {
    count = C_n[n]
    if (substr(T, at, 1) == closing) { C_close[n] = at; return n }
    if (count > 0 && !M_comma[n, count]) { BAD = at; return n }
    start = at; vs = at
    count = ++C_n[n]
    M_key[n, count] = ""
    if (!C_array[n]) {
      end = substr(T, at, 1) == "\"" ? string_end(at) : 0
      colon = end ? gap(end) : at
      if (!end || substr(T, colon, 1) != ":") { BAD = colon; return n }
      M_key[n, count] = substr(T, at + 1, end - at - 2)
      vs = gap(colon + 1)
    }
    end = value_end(vs, depth + 1)
    if (BAD) return n
    M_start[n, count] = start; M_vs[n, count] = vs; M_ve[n, count] = end
    at = gap(end)
    M_comma[n, count] = substr(T, at, 1) == "," ? at : 0
    if (M_comma[n, count]) at = gap(at + 1)
  }
}
# Scans the whole document; refuses what is no object.
function json_root(   i, n) {
  BAD = 0
  i = json_start()
  if (substr(T, i, 1) != "{") BAD = i
  else {
    n = scan(i, 0)
    if (!BAD) { i = gap(C_close[n] + 1); if (i <= length(T)) BAD = i }
  }
  if (BAD) { refuse("is not JSON that can be read (line " count_lines(substr(T, 1, BAD - 1)) ")"); return 0 }
  return n
}
function count_lines(s) { return gsub(/\n/, "", s) + 1 }

# The member of container n that a segment of a path names, by its number; 0: there is none.
function member(n, segment,   i, eq, name, wanted, inner, k) {
  if (!C_array[n]) {
    for (i = C_n[n]; i > 0; i--) if (M_key[n, i] == segment) return i
    return 0
  }
  eq = index(segment, "=")
  name = substr(segment, 2, eq - 2)
  wanted = "\"" substr(segment, eq + 1, length(segment) - eq - 1) "\""
  for (i = 1; i <= C_n[n]; i++) {
    if (substr(T, M_vs[n, i], 1) != "{") continue
    inner = scan(M_vs[n, i], 0)
    for (k = 1; k <= C_n[inner]; k++)
      if (M_key[inner, k] == name && substr(T, M_vs[inner, k], M_ve[inner, k] - M_vs[inner, k]) == wanted) return i
  }
  return 0
}
function is_container(at) { return index("{[", substr(T, at, 1)) > 0 }

# The value at P[1..count] as written, in FOUND; 0: there is none.
function json_get(count,   n, i, m) {
  FOUND = ""
  if (json_empty()) return 0
  n = json_root()
  if (!n) return 0
  for (i = 1; i <= count; i++) {
    m = member(n, P[i])
    if (!m) return 0
    if (i == count) { FOUND = substr(T, M_vs[n, m], M_ve[n, m] - M_vs[n, m]); return 1 }
    if (!is_container(M_vs[n, m])) return 0
    n = scan(M_vs[n, m], 0)
  }
  return 0
}
function json_set(count, raw,   n, i, m, round) {
  if (json_empty()) {
    gsub(/^[ \t\r\n]+|[ \t\r\n]+$/, "", T)
    T = T (T == "" || T == BOM ? "" : EOL) "{}" EOL
  }
  for (round = 0; round <= count; round++) {
    n = json_root()
    if (!n) return
    for (i = 1; i <= count; i++) {
      m = member(n, P[i])
      if (!m) {
        json_insert(n, C_array[n] ? "" : P[i], i == count ? raw : is_element(P[i + 1]) ? "[]" : "{}")
        if (i == count) return
        break
      }
      if (i == count) { T = substr(T, 1, M_vs[n, m] - 1) raw substr(T, M_ve[n, m]); return }
      if (substr(T, M_vs[n, m], 1) != (is_element(P[i + 1]) ? "[" : "{")) {
        refuse("has something else than " (is_element(P[i + 1]) ? "a list" : "an object") " at " names(i))
        return
      }
      n = scan(M_vs[n, m], 0)
    }
  }
}
function is_element(segment) { return substr(segment, 1, 1) == "[" }
function names(count,   i, s) { for (i = 1; i <= count; i++) s = s (i > 1 ? "." : "") P[i]; return s }

# The place of the first character of the line that place i is on.
function line_start(i) { while (i > 1 && substr(T, i - 1, 1) != "\n") i--; return i }
# Sets INDENT to the white before place i; 0: something else is before it on its line.
function indent_at(i,   s) { s = line_start(i); INDENT = substr(T, s, i - s); return INDENT ~ /^[ \t]*$/ }
function json_unit(   n) {
  n = json_root()
  if (n && C_n[n] && line_start(M_start[n, 1]) > C_open[n] && indent_at(M_start[n, 1]) && INDENT != "") return INDENT
  return "  "
}
function json_insert(n, key, raw,   item, last, at, behind, rest, indent) {
  item = (key == "" ? "" : "\"" key "\": ") raw
  if (!C_n[n]) { json_insert_first(n, item); return }
  last = C_n[n]
  at = M_comma[n, last] ? M_comma[n, last] + 1 : M_ve[n, last]
  if (line_start(M_start[n, 1]) <= C_open[n] || !indent_at(M_start[n, 1])) {
    T = substr(T, 1, at - 1) (M_comma[n, last] ? " " item "," : ", " item) substr(T, at)
    return
  }
  indent = INDENT
  rest = substr(T, at)
  if (index(rest, "\n")) rest = substr(rest, 1, index(rest, "\n"))
  behind = at
  if (match(rest, /^[ \t]*(\/\*([^*\n]|\*+[^*\/\n])*\*+\/[ \t]*)*(\/\/[^\r\n]*)?\r?\n$/))
    behind = at + RLENGTH - (rest ~ /\r\n$/ ? 2 : 1)
  T = substr(T, 1, at - 1) (M_comma[n, last] ? "" : ",") substr(T, at, behind - at) EOL indent item \
    (M_comma[n, last] ? "," : "") substr(T, behind)
}
function json_insert_first(n, item,   inner, open, close_at, line, trimmed, s) {
  open = C_open[n]; close_at = C_close[n]
  inner = substr(T, open + 1, close_at - open - 1)
  trimmed = T
  sub(/[ \t\r\n]+$/, "", trimmed)
  if (!index(trimmed, "\n") && length(trimmed) > 1 + json_start() && inner ~ /^[ \t\r\n]*$/) {
    T = substr(T, 1, open) item substr(T, close_at)
    return
  }
  s = line_start(open)
  line = substr(T, s, open - s)
  match(line, /^[ \t]*/)
  line = substr(line, 1, RLENGTH)
  s = EOL line json_unit() item
  if (inner ~ /^[ \t\r\n]*$/) T = substr(T, 1, open) s EOL line substr(T, close_at)
  else T = substr(T, 1, open) s substr(T, open + 1)
}
function json_remove(count,   n, i, m) {
  if (json_empty()) return
  n = json_root()
  if (!n) return
  for (i = 1; i <= count; i++) {
    m = member(n, P[i])
    if (!m) return
    if (i == count) { json_cut(n, m); return }
    if (!is_container(M_vs[n, m])) return
    n = scan(M_vs[n, m], 0)
  }
}
# Takes a member away, with its comma, and with its line where nothing else is on it.
function json_cut(n, m,   from, to, s, rest, size, cut, inner, before) {
  size = length(T)
  from = M_start[n, m]
  to = M_comma[n, m] ? M_comma[n, m] + 1 : M_ve[n, m]
  s = line_start(from)
  rest = substr(T, to)
  if (substr(T, s, from - s) ~ /^[ \t]*$/ && match(rest, /^[ \t]*(\r?\n|$)/)) cut = substr(T, 1, s - 1) substr(rest, RLENGTH + 1)
  else { sub(/^[ \t]+/, "", rest); cut = substr(T, 1, from - 1) rest }
  if (C_n[n] == 1) {
    inner = substr(cut, C_open[n] + 1, length(cut) - (size - C_close[n] + 1) - C_open[n])
    T = inner ~ /^[ \t\r\n]*$/ ? substr(T, 1, C_open[n]) substr(T, C_close[n]) : cut
    return
  }
  before = m > 1 ? M_comma[n, m - 1] : 0
  if (m == C_n[n] && !M_comma[n, m] && before) cut = substr(cut, 1, before - 1) substr(cut, before + 1)
  T = cut
}
function json_blank(   s) {
  if (json_empty()) return 1
  s = substr(T, json_start())
  gsub(/^[ \t\r\n]+|[ \t\r\n]+$/, "", s)
  return s ~ /^\{[ \t\r\n]*\}$/
}
