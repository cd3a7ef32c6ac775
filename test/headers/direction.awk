# Includes go one way only: value -> query -> model -> relationship -> database; drivers know value, query and the seam.
# Input: files below include/ and lib/. A rule names a room and the rooms it may include beside itself and `base`.
BEGIN {
  rule["base"] = ""
  rule["value"] = ""
  rule["query"] = "value"
  rule["cache"] = "value"
  rule["model"] = "value query cache"
  rule["cascade"] = "value query model"
  rule["driver"] = "value query"
  rule["plan"] = "value query model cascade driver"  # of the driver only its operations, which are values
  rule["relationship"] = "value query model cache cascade driver plan engine write"  # these three are one level
  rule["engine"] = "value query model cache cascade driver plan relationship"
  rule["write"] = rule["relationship"] " relationship database"  # it is the body of Database's calls
  rule["define"] = rule["relationship"] " relationship"
  rule["copy"] = "value driver engine database"  # moving house: from one Database to another
  rule["database"] = rule["relationship"] " relationship define copy"
}
# The room of a path such as kinship/value/id.hpp, lib/plan/batch.cpp or engine.hpp.
function room(path,    part, n) {
  sub(/^.*include\//, "", path); sub(/^.*lib\//, "", path); sub(/^kinship\//, "", path)
  if (path == "model/define.hpp") return "define"  # the mapping language speaks of every relationship
  if (path == "relationship/relationship_manager.hpp") return "model"  # what each of them begins with
  if (path ~ /^driver\/(read_preference|events|trace)\.hpp$/) return "base"  # plain data, in options too
  if (path ~ /^copy_database\./) return "copy"
  n = split(path, part, "/")
  if (n == 1) return path ~ /^(fwd|error|options|observe)\./ ? "base" : "database"
  return part[1]
}
function wrong(why) { printf "%s:%d: %s: %s\n", FILENAME, FNR, $0, why; bad = 1 }
FNR == 1 {
  if (files++ && bad) failed++
  bad = 0
  mine = room(FILENAME)
  if (!(mine in rule)) wrong("a room that test/headers/direction.awk does not know: " mine)
}
/^ *# *include/ {
  target = $0; sub(/^[^<"]*[<"]/, "", target); sub(/[>"].*$/, "", target)
  public_header = FILENAME ~ /include\/kinship\//
  if (public_header && target == "boost/asio.hpp") wrong("too heavy for a public header: name the part that is used")
  if (public_header && target == "nlohmann/json.hpp" && FILENAME !~ /value\/json\.hpp$/) wrong("only value/json.hpp includes it; use json_fwd.hpp")
  if (public_header && target ~ /^kinship\/value\/json\.hpp$/ && FILENAME !~ /value\/json_model\.hpp$/) wrong("brings all of nlohmann/json.hpp; use value/json_fwd.hpp or nlohmann/json_fwd.hpp")
  if (public_header && target ~ /^(sqlite3|pcre2)\.h$/) wrong("private to the library")
  if (public_header && target ~ /^(regex|iostream|format)$/) wrong("too heavy for a public header")
  if (mine == "plan" && target ~ /^boost\/asio/) wrong("plans know no Asio")
  own = target ~ /^kinship\//
  if (!own) { own = (getline line < ("lib/" target)) >= 0; close("lib/" target) }
  if (own) {
    theirs = room(target)
    allowed = " base " mine " " rule[mine] " "
    if (index(allowed, " " theirs " ") == 0) wrong(mine " must not know " theirs)
  }
}
END { if (bad) failed++; printf "%d passed, %d failed\n", files - failed, failed; exit failed > 0 || files == 0 }
