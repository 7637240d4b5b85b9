# Files of lines. L[1..LINES] are the lines of T; a carriage return stays at their ends.

function cut_lines() { LINES = split(T, L, "\n") ; if (T == "") { LINES = 1; L[1] = "" } }
function bare(i,   s) { s = L[i]; sub(/\r$/, "", s); return s }
function append(line) {
  if (T == "") T = line EOL
  else if (T ~ /\n$/) T = T line EOL
  else T = T EOL line
}
# Replaces lines: count of them from number `from` on, by the lines NEW[1..added].
function replace_lines(from, count, added,   i, s, at_end, cr) {
  cut_lines()
  if (from > LINES) { for (i = 1; i <= added; i++) append(NEW[i]); return }
  cr = EOL == "\r\n" ? "\r" : ""
  at_end = from + count > LINES
  for (i = 1; i < from; i++) s = s L[i] (i < LINES ? "\n" : "")
  # A line that takes another's place keeps its end, in files that have ends of both kinds too.
  for (i = 1; i <= added; i++) {
    if (count == added) cr = L[from + i - 1] ~ /\r$/ ? "\r" : ""
    s = s NEW[i] (at_end && i == added ? (count == added ? cr : "") : cr "\n")
  }
  for (i = from + count; i <= LINES; i++) s = s L[i] (i < LINES ? "\n" : "")
  # Lines that were the last ones take the end of the line before them with them.
  if (at_end && added == 0 && from > 1) sub(/\n$/, "", s)
  T = s
}

# Parts a value from what is behind it: VALUE and AFTER; 0: it is not whole on this line.
function split_value(rest,   q, i, c) {
  q = substr(rest, 1, 1)
  if (q == "#") { VALUE = ""; AFTER = " " rest; return 1 }
  if (q != "\"" && q != "'") {
    if (match(rest, /[ \t]+#/)) { VALUE = substr(rest, 1, RSTART - 1); AFTER = substr(rest, RSTART) }
    else { VALUE = rest; sub(/[ \t]+$/, "", VALUE); AFTER = substr(rest, length(VALUE) + 1) }
    return 1
  }
  for (i = 2; i <= length(rest); i++) {
    c = substr(rest, i, 1)
    if (c == "\\" && q == "\"") i++
    else if (c == q) {
      VALUE = substr(rest, 1, i); AFTER = substr(rest, i + 1)
      return AFTER ~ /^[ \t]*$/ || AFTER ~ /^[ \t]+#/
    }
  }
  return 0
}
function is_content(line) { if (substr(line, 1, 3) == BOM) line = substr(line, 4); return line !~ /^[ \t]*((#|%).*|---[ \t]*)?$/ }

# Finds the line that gives a name its value: AT, HEAD (what is before the value), FOUND, TAIL; 0: there is none.
function find_line(syntax, name,   i, s, pattern, next_line) {
  AT = 0
  pattern = syntax == "dotenv" ? "^[ \t]*(export[ \t]+)?" name "[ \t]*=[ \t]*" : "^" name "[ \t]*:([ \t]+|$)"
  cut_lines()
  for (i = 1; i <= LINES; i++) {
    s = bare(i)
    if (!match(s, pattern)) continue
    HEAD = substr(s, 1, RLENGTH)
    if (!split_value(substr(s, RLENGTH + 1))) { refuse("has a value of " name " that is not on one line"); return 0 }
    AT = i; FOUND = VALUE; TAIL = AFTER
    if (syntax == "dotenv") sub(/[ \t]+$/, "", HEAD)
  }
  if (syntax == "yaml" && !yaml_simple(name)) return 0
  return AT > 0
}
function yaml_simple(name,   i, s, content) {
  for (i = 1; i <= LINES; i++) {
    s = bare(i)
    if (content && s ~ /^(\.\.\.|---)([ \t]|$)/) { refuse("has several documents in it"); return 0 }
    if (is_content(s)) content = 1
  }
  if (!AT) return 1
  if (FOUND ~ /^[|>&*[{!]/) content = -1
  for (i = AT + 1; i <= LINES && content != -1; i++) {
    s = bare(i)
    if (!is_content(s)) continue
    if (s ~ /^([ \t]|-([ \t]|$))/) content = -1
    break
  }
  if (content == -1) { refuse("has a value at " name ": that is not on one line"); return 0 }
  return 1
}
function lines_set(syntax, name, raw) {
  if (find_line(syntax, name)) {
    if (syntax == "yaml" && HEAD ~ /:$/) HEAD = HEAD " "
    NEW[1] = HEAD raw TAIL
    replace_lines(AT, 1, 1)
  } else if (!REFUSED) append(syntax == "yaml" ? name ": " raw : name "=" raw)
}

# TOML. ENTRIES of them: E_kind, E_path (names with slashes between), E_line, E_last, E_from, E_to.
function toml_name(s,   part, path) {
  path = ""
  for (;;) {
    sub(/^[ \t]+/, "", s)
    if (match(s, /^[A-Za-z0-9_-]+/)) part = substr(s, 1, RLENGTH)
    else if (match(s, /^"[^"\\]*"/) || match(s, /^'[^']*'/)) part = substr(s, 2, RLENGTH - 2)
    else return 0
    path = path "/" part
    s = substr(s, RLENGTH + 1)
    sub(/^[ \t]+/, "", s)
    if (substr(s, 1, 1) != ".") { NAME = path; REST = s; return 1 }
    s = substr(s, 2)
  }
}
# Where the value ends that begins in column `at` of line i: END_LINE and END_AT, the column behind it; 0: nowhere.
function toml_end(i, at,   s, c, depth, quote, to) {
  depth = 0; quote = ""
  for (; i <= LINES; i++) {
    s = bare(i)
    to = at
    while (at <= length(s)) {
      c = substr(s, at, 1)
      if (quote != "") {
        if (c == "\\" && substr(quote, 1, 1) == "\"") at++
        else if (substr(s, at, length(quote)) == quote) { at += length(quote) - 1; quote = "" }
      } else if (c == "\"" || c == "'") {
        quote = substr(s, at, 3) == c c c ? c c c : c
        at += length(quote) - 1
      } else if (c == "#") break
      else if (c == "[" || c == "{") depth++
      else if (c == "]" || c == "}") depth--
      at++
      if (c !~ /[ \t]/) to = at
    }
    if (length(quote) == 1 || depth < 0) return 0
    if (quote == "" && depth == 0) { END_LINE = i; END_AT = to; return 1 }
    at = 1
  }
  return 0
}
function toml_read(   i, s, table, inner) {
  cut_lines()
  ENTRIES = 0; table = ""
  for (i = 1; i <= LINES; i++) {
    s = bare(i)
    if (i == 1 && substr(s, 1, 3) == BOM) s = "   " substr(s, 4)
    if (s ~ /^[ \t]*(#.*)?$/) continue
    ENTRIES++
    E_line[ENTRIES] = i; E_last[ENTRIES] = i; E_from[ENTRIES] = 0
    if (s ~ /^[ \t]*\[/) {
      inner = s
      sub(/^[ \t]*\[\[?/, "", inner)
      if (!toml_name(inner) || substr(REST, 1, 1) != "]") { refuse("is not TOML that can be read (line " i ")"); return 0 }
      table = (s ~ /^[ \t]*\[\[/ ? "/[]" : "") NAME
      E_kind[ENTRIES] = "table"; E_path[ENTRIES] = table
      continue
    }
    if (!toml_name(s) || substr(REST, 1, 1) != "=") { refuse("is not TOML that can be read (line " i ")"); return 0 }
    inner = substr(REST, 2)
    sub(/^[ \t]+/, "", inner)
    E_kind[ENTRIES] = "key"; E_path[ENTRIES] = table NAME
    E_from[ENTRIES] = length(s) - length(inner) + 1
    if (!toml_end(i, E_from[ENTRIES])) { refuse("is not TOML that can be read (line " i ")"); return 0 }
    E_last[ENTRIES] = END_LINE; E_to[ENTRIES] = END_AT
    i = END_LINE
  }
  return 1
}
function toml_find(pointer,   i) {
  for (i = 1; i <= ENTRIES; i++) if (E_kind[i] == "key" && E_path[i] == pointer) return i
  return 0
}
function dotted(pointer) { pointer = substr(pointer, 2); gsub(/\//, ".", pointer); return pointer }
function toml_get(pointer,   e) {
  FOUND = ""
  if (!toml_read()) return 0
  e = toml_find(pointer)
  if (!e) return 0
  if (E_last[e] != E_line[e]) { refuse("has a value of " dotted(pointer) " that is not on one line"); return 0 }
  FOUND = substr(bare(E_line[e]), E_from[e], E_to[e] - E_from[e])
  return 1
}
function toml_set(pointer, raw,   e, s, table, header, last, i) {
  if (toml_get(pointer)) {
    e = toml_find(pointer)
    s = bare(E_line[e])
    NEW[1] = substr(s, 1, E_from[e] - 1) raw substr(s, E_to[e])
    replace_lines(E_line[e], 1, 1)
    return
  }
  if (REFUSED) return
  table = pointer
  sub(/\/[^\/]*$/, "", table)
  s = substr(pointer, length(table) + 2) " = " raw
  for (i = 1; i <= ENTRIES; i++) {
    if (E_kind[i] == "key" && index(pointer, E_path[i] "/") == 1) {
      refuse("has " dotted(table) " written in one line, where nothing can be added")
      return
    }
    if (E_kind[i] == "table" && E_path[i] == table) { header = i; if (!last) last = i }
    if (E_kind[i] == "key" && index(E_path[i], table "/") == 1 && index(substr(E_path[i], length(table) + 2), "/") == 0) last = i
  }
  NEW[1] = s
  if (table != "" && !header) {
    if (last) { refuse("has " dotted(table) " written without a table of its own"); return }
    append((T ~ /^[ \t\r\n]*$/ || T ~ /\n[ \t]*\r?\n$/ ? "" : EOL) "[" dotted(table) "]" EOL s)
  } else if (last) replace_lines(E_last[last] + 1, 0, 1)
  else {
    for (i = 1; i <= ENTRIES; i++) if (E_kind[i] == "table") break
    NEW[2] = ""
    if (i <= ENTRIES) replace_lines(1, 0, 2)
    else append(s)
  }
}
function toml_remove(pointer,   e, table, from) {
  if (!toml_read()) return
  e = toml_find(pointer)
  if (!e) return
  replace_lines(E_line[e], E_last[e] - E_line[e] + 1, 0)
  table = pointer
  sub(/\/[^\/]*$/, "", table)
  if (table == "" || !toml_read()) return
  for (e = 1; e <= ENTRIES; e++) if (E_kind[e] == "table" && E_path[e] == table) break
  if (e > ENTRIES || (e < ENTRIES && E_kind[e + 1] == "key")) return
  from = E_line[e]
  if (from > 1 && bare(from - 1) ~ /^[ \t]*$/) from--
  replace_lines(from, E_line[e] - from + 1, 0)
}
