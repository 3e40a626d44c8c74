# Definitions beside jaq's own: what jq has and jaq has not, and what jaq's own does in quadratic time.

def debug: (debug_empty as $x | .), .;
def debug(msgs): ((msgs | debug_empty) as $x | .), .;
def halt: halt(0);
def halt_error: error;
def halt_error($code): error;

def @json: tojson;
def tonumber: tonumber_;
def toboolean: if . == true or . == false then . elif . == "true" then true elif . == "false" then false else error("cannot parse as boolean") end;
def toarray: if type == "array" then . else [.] end;

def add: add_;
def add(f): [f] | add_;
def join($s): join_($s);
def ascii: [.] | implode;
def leaf_paths: paths(scalars);
def in(xs): . as $x | xs | has($x);
def inside(xs): . as $x | xs | contains($x);
def index($i): indices($i)[0];
def rindex($i): indices($i)[-1];
def IN(s): any(s == .; .);
def IN(src; s): any(src == s; .);
def INDEX(stream; f): reduce stream as $row ({}; .[$row | f | tostring] = $row);
def INDEX(f): INDEX(.[]; f);
def transpose: if . == [] then [] else [range([.[] | length] | max) as $i | [.[][$i]]] end;
def from_entries: reduce .[] as $e ({};
  .[$e | if .key != null then .key elif .k != null then .k elif .name != null then .name elif .Name != null then .Name elif .Key != null then .Key elif .K != null then .K else .key end
    | if type == "string" then . else tojson end] = ($e | if has("value") then .value elif has("v") then .v else .Value end));
def with_entries(f): to_entries | map(f) | from_entries;
def delpaths($paths): delpaths_($paths);
def del(f): delpaths([path(f)]);
def to_entries: [key_values[] as [$key, $value] | { $key, $value }];
def ltrimstr($s): if startswith_($s) then .[($s | length):] end;
def rtrimstr($s): if endswith_($s) then .[:length - ($s | length)] end;
def trimstr($s): ltrimstr($s) | rtrimstr($s);

def capture_of_match: map(select(.name) | { (.name): .string }) | add + {};
def sub(re; f; flags):
  def handle: if type == "array" then capture_of_match | f end;
  [split_matches(re; flags)[] | [handle]]
  | if all(.[]; length == 1) then map(.[0]) | add // ""
    else reduce .[] as $xs (""; . + $xs[]) end;
def gsub(re; f; flags): sub(re; f; "g" + flags);
def sub(re; f): sub(re; f; "");
def gsub(re; f): sub(re; f; "g");

def @csv: [.[] | if type == "string" then "\"" + gsub("\""; "\"\"") + "\"" elif . == null then "" elif type == "array" or type == "object" then error("\(type) cannot stand in a row of CSV") else tostring end] | join(",");
def @tsv: [.[] | if type == "string" then gsub("\\\\"; "\\\\") | gsub("\t"; "\\t") | gsub("\n"; "\\n") | gsub("\r"; "\\r") elif . == null then "" elif type == "array" or type == "object" then error("\(type) cannot stand in a row of TSV") else tostring end] | join("\t");

def gmtime: time_ | gmtime_;
def mktime: time_ | mktime_;
def strftime($format): time_ | strftime_($format);
def todateiso8601: time_ | todateiso8601_;
def todate: todateiso8601;
def date: todate;
