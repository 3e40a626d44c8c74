// Every token of QPlan: part 1 of ../../qplan.ebnf, with the same names. What a word, a bracket or a newline is follows
// from the token before, from what is open and from what stands next to it; the parser's own wishes are not asked, so a
// fault in one statement does not change how the next is read. It takes every character and only ends at the text's end.

#include "tree_sitter/alloc.h"
#include "tree_sitter/parser.h"

#include <string.h>

#include "xid.h"

// In the order of `externals` in grammar.js.
enum Token {
  NEWLINE, JOINED, COMMENT, WORD, RETURN_WORD, ACTION, OPTION, KEY_WORD, KEY_DOT, META,
  PLAN, STEP, IF, ELSE, WHILE, EACH, PARALLEL, END, FUTURE, PRINT, SET, VAR, RETURN, JUMP, BREAK, CONTINUE, STOP, SKIP,
  AND, OR, IN, EXISTS, NOT_EXISTS, NOT, NOT_OF_IN, TRUE, FALSE, NULL_WORD, NUMBER, DURATION,
  STRING_START, STRING_CONTENT, ESCAPE, HOLE_OPEN, STRING_END, STRING_CUT,
  BLOCK_OPEN, BLOCK_CLOSE, OBJECT_OPEN, PAREN_OPEN, CALL_OPEN, LIST_OPEN, INDEX_OPEN, CLOSE,
  COMMA, ARROW, ASSIGN, COLON, BLOCK_COLON, DOT,
  EQUAL, NOT_EQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, PLUS, MINUS, STAR, SLASH, PERCENT,
  UNEXPECTED,
  // No token yet, and no statement yet.
  NOTHING,
};

typedef struct {
  const char *text;
  uint8_t token;
} Word;

static const Word STATEMENT_WORDS[] = {
  {"plan", PLAN}, {"step", STEP}, {"if", IF}, {"else", ELSE}, {"while", WHILE}, {"each", EACH}, {"parallel", PARALLEL},
  {"end", END}, {"future", FUTURE}, {"print", PRINT}, {"set", SET}, {"var", VAR}, {"return", RETURN}, {"jump", JUMP},
  {"break", BREAK}, {"continue", CONTINUE}, {"stop", STOP}, {"skip", SKIP}, {NULL, NOTHING},
};

static const Word OPERATOR_WORDS[] = {
  {"and", AND}, {"or", OR}, {"in", IN}, {"exists", EXISTS}, {"not_exists", NOT_EXISTS}, {NULL, NOTHING},
};

static const Word OPERAND_WORDS[] = {
  {"not", NOT}, {"true", TRUE}, {"false", FALSE}, {"null", NULL_WORD}, {NULL, NOTHING},
};

static const char *const UNITS[] = {"ms", "s", "m", "h", NULL};

// What is open. FILE_, BLOCK and COLON hold statements; STRING and HOLE have `Quote` in `info`.
enum Shape { FILE_, BLOCK, COLON_BODY, PAREN, LIST, OBJECT, HOLE, STRING };

// How a string is written; of a hole only IN_LINE is kept.
enum Quote { SINGLE = 1, TRIPLE = 2, RAW = 4, IN_LINE = 8 };

// In `info` of what holds statements: the first word of the statement at hand, and whether its block is still to come.
enum { AWAITS_BLOCK = 0x80, HEAD = 0x7f };

typedef struct {
  uint8_t shape;
  uint8_t info;
  // The column of the first token of the statement at hand.
  uint16_t col;
} Frame;

enum Flag {
  // The newline at hand was found to mean nothing: so are those behind the comments that follow.
  IS_JOINED = 1,
  // A comment was never closed: those behind it are looked at in their line only, or time would be quadratic.
  UNCLOSED = 2,
  // The last byte is one of {}()[],; so a comment may begin.
  AFTER_SIGN = 4,
  // The last token is a comment, so nothing is glued to the one before.
  AFTER_COMMENT = 8,
};

enum { MAX_FRAMES = 500, HEADER = 6 };

typedef struct {
  // The last token but comments.
  uint8_t prev;
  uint8_t flags;
  // The column behind the last token, in bytes.
  uint16_t col;
  // Brackets that were too deep to keep.
  uint16_t beyond;
  uint16_t depth;
  // What serializing the frames takes.
  uint16_t size;
  Frame frames[MAX_FRAMES];
} State;

// One call of the scanner.
typedef struct {
  TSLexer *lexer;
  State *state;
  // The column at hand, where the token begins and where it ends.
  uint32_t col, start, end;
  // Blanks or newlines precede the token.
  bool blank;
  // Comments are none here: a hole of a string that ends with its line.
  bool in_line;
} Scan;

// ---- Frames ----------------------------------------------------------------------------------------------------------

static bool holds_statements(const Frame *frame) { return frame->shape <= COLON_BODY; }

static unsigned cost(uint8_t shape) {
  if (shape <= COLON_BODY) return 4;
  return shape >= HOLE ? 2 : 1;
}

static Frame *top(State *state) { return &state->frames[state->depth - 1]; }

static void push(State *state, uint8_t shape, uint8_t info) {
  unsigned size = state->size + cost(shape);
  if (state->beyond > 0 || state->depth >= MAX_FRAMES || size + HEADER > TREE_SITTER_SERIALIZATION_BUFFER_SIZE) {
    if (state->beyond < UINT16_MAX) state->beyond++;
    return;
  }
  state->size = (uint16_t)size;
  state->frames[state->depth++] = (Frame){shape, info, 0};
}

static void pop(State *state) {
  if (state->beyond > 0) {
    state->beyond--;
  } else if (state->depth > 1) {
    state->depth--;
    state->size -= (uint16_t)cost(state->frames[state->depth].shape);
  }
}

static bool in_block(State *state) { return holds_statements(top(state)); }

// The innermost frame that holds statements, with the one at hand; the file's is always there.
static Frame *statement(State *state) {
  unsigned at = state->depth - 1;
  while (!holds_statements(&state->frames[at])) at--;
  return &state->frames[at];
}

static uint8_t head(State *state) { return statement(state)->info & HEAD; }

static bool hole_in_line(State *state) {
  for (unsigned at = state->depth - 1; !holds_statements(&state->frames[at]); at--) {
    if (state->frames[at].shape == HOLE) return state->frames[at].info & IN_LINE;
  }
  return false;
}

// Whether parentheses or lists are open directly in a statement.
static bool brackets_in_block(State *state) {
  unsigned at = state->depth - 1;
  while (state->frames[at].shape == PAREN || state->frames[at].shape == LIST) at--;
  return !in_block(state) && holds_statements(&state->frames[at]);
}

// Whether a bracket of the shape is open inside the innermost brace.
static bool is_open(State *state, uint8_t shape) {
  for (unsigned at = state->depth - 1; state->frames[at].shape == PAREN || state->frames[at].shape == LIST; at--) {
    if (state->frames[at].shape == shape) return true;
  }
  return false;
}

// ---- Kinds of tokens -------------------------------------------------------------------------------------------------

static bool ends_operand(uint8_t token) {
  switch (token) {
    case WORD: case RETURN_WORD: case OPTION: case STRING_END: case STRING_CUT: case NUMBER: case DURATION:
    case TRUE: case FALSE: case NULL_WORD: case EXISTS: case NOT_EXISTS: case CLOSE:
      return true;
    default:
      return false;
  }
}

static bool is_binary(uint8_t token) {
  return (token >= EQUAL && token <= PERCENT) || token == AND || token == OR || token == IN || token == NOT_OF_IN;
}

// Whether the next line goes on behind it. A ":" stands in objects only, where every newline is dropped.
static bool continues(uint8_t token) {
  return is_binary(token) || token == COMMA || token == ARROW || token == ASSIGN || token == NOT;
}

static bool takes_block(uint8_t token) { return token >= PLAN && token <= PARALLEL; }

static bool takes_keys(uint8_t token) {
  switch (token) {
    case ACTION: case FUTURE: case STEP: case PARALLEL: case PRINT: case RETURN: case META: case JUMP:
      return true;
    default:
      return false;
  }
}

// Whether a newline behind it is one too many.
static bool begins_line(uint8_t token) {
  return token == NOTHING || token == NEWLINE || token == BLOCK_OPEN || token == BLOCK_COLON;
}

static bool at_start(State *state) {
  if (!in_block(state)) return false;
  uint8_t prev = state->prev;
  return begins_line(prev) || prev == BLOCK_CLOSE || prev == ELSE || prev == FUTURE;
}

// Whether it ends with one of {}()[],; so a comment may stand behind it.
static bool ends_with_sign(uint8_t token) {
  return (token >= BLOCK_OPEN && token <= CLOSE) || token == COMMA || token == HOLE_OPEN || token == NEWLINE;
}

// ---- Reading characters ----------------------------------------------------------------------------------------------

static int32_t peek(const Scan *scan) { return scan->lexer->lookahead; }

static bool at_end(const Scan *scan) { return scan->lexer->eof(scan->lexer); }

static void step(Scan *scan, bool skip) {
  int32_t c = peek(scan);
  if (c == '\n') {
    scan->col = 0;
  } else {
    scan->col += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  }
  scan->lexer->advance(scan->lexer, skip);
}

static void advance(Scan *scan) { step(scan, false); }

// The token ends here, for all that is known.
static void mark(Scan *scan) {
  scan->lexer->mark_end(scan->lexer);
  scan->end = scan->col;
}

static bool take(Scan *scan, int32_t c) {
  if (peek(scan) != c) return false;
  advance(scan);
  return true;
}

static bool is_blank(int32_t c) { return c == ' ' || c == '\t' || c == '\r' || c == '\f'; }

static bool is_digit(int32_t c) { return c >= '0' && c <= '9'; }

static bool is_hex(int32_t c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

static bool is_quote(int32_t c) { return c == '"' || c == '\''; }

static bool in_ranges(const uint32_t (*ranges)[2], unsigned count, uint32_t c) {
  unsigned lo = 0, hi = count;
  while (lo < hi) {
    unsigned mid = (lo + hi) / 2;
    if (c > ranges[mid][1]) lo = mid + 1;
    else if (c < ranges[mid][0]) hi = mid;
    else return true;
  }
  return false;
}

static bool is_letter(int32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

static bool starts_word(int32_t c) {
  if (c < 0x80) return is_letter(c) || c == '_';
  return in_ranges(XID_START, sizeof XID_START / sizeof *XID_START, (uint32_t)c);
}

static bool continues_word(int32_t c) {
  if (c < 0x80) return is_letter(c) || c == '_' || is_digit(c);
  return in_ranges(XID_CONTINUE, sizeof XID_CONTINUE / sizeof *XID_CONTINUE, (uint32_t)c);
}

// ---- Words -----------------------------------------------------------------------------------------------------------

// A word as far as keywords go; longer ones are none.
typedef struct {
  char text[16];
} Name;

static Name read_word(Scan *scan) {
  Name name = {{0}};
  unsigned length = 0;
  while (continues_word(peek(scan))) {
    int32_t c = peek(scan);
    if (length < sizeof name.text) name.text[length] = c < 0x80 ? (char)c : '?';
    length++;
    advance(scan);
  }
  if (length >= sizeof name.text) name.text[0] = '\0';
  return name;
}

// All lower or all upper case.
static bool is_word(const Name *name, const char *lower) {
  if (strcmp(name->text, lower) == 0) return true;
  for (unsigned i = 0;; i++) {
    char c = lower[i];
    if (name->text[i] != (c >= 'a' && c <= 'z' ? (char)(c - 32) : c)) return false;
    if (c == '\0') return true;
  }
}

static uint8_t lookup(const Word *table, const Name *name) {
  for (; table->text != NULL; table++) {
    if (is_word(name, table->text)) return table->token;
  }
  return NOTHING;
}

static bool is_raw_prefix(const Scan *scan, const Name *name) {
  return is_quote(peek(scan)) && strcmp(name->text, "r") == 0;
}

// ---- Blanks and comments -------------------------------------------------------------------------------------------------

// Reads the rest of a line up to its end, which is CRLF or LF.
static void read_line(Scan *scan) {
  mark(scan);
  while (!at_end(scan) && peek(scan) != '\n') {
    bool last = peek(scan) == '\r';
    if (last) mark(scan);
    advance(scan);
    if (!last || (!at_end(scan) && peek(scan) != '\n')) mark(scan);
  }
}

// Reads a block comment behind its "/*". One that is not closed ends with its line: false, and what follows is read.
static bool read_block_comment(Scan *scan, bool marking, bool line_only) {
  unsigned depth = 1;
  bool marked = false;
  while (!at_end(scan)) {
    int32_t c = peek(scan);
    if ((c == '\r' || c == '\n') && marking && !marked) mark(scan);
    if (c == '\n') {
      if (line_only) return false;
      marked = true;
    }
    advance(scan);
    if (c == '/' && take(scan, '*')) depth++;
    else if (c == '*' && take(scan, '/') && --depth == 0) {
      if (marking) mark(scan);
      return true;
    }
  }
  if (marking && !marked) mark(scan);
  return false;
}

// What `skip` stopped at, beside characters.
enum { LINE_END = -1, TEXT_END = -2, LONE_SLASH = -3 };

// Skips blanks and comments, and newlines if wanted, in the text ahead; `free` tells whether a comment may begin at once.
static int32_t skip(Scan *scan, bool newlines, bool free) {
  for (;;) {
    int32_t c = peek(scan);
    if (at_end(scan)) return TEXT_END;
    if (is_blank(c) || (c == '\n' && newlines)) {
      advance(scan);
      free = true;
    } else if (c == '\n') {
      return LINE_END;
    } else if (c == '#' && free && !scan->in_line) {
      while (!at_end(scan) && peek(scan) != '\n') advance(scan);
    } else if (c == '/') {
      advance(scan);
      if (!free || scan->in_line) return LONE_SLASH;
      if (take(scan, '/')) {
        while (!at_end(scan) && peek(scan) != '\n') advance(scan);
      } else if (take(scan, '*')) {
        if (!read_block_comment(scan, false, scan->state->flags & UNCLOSED) && at_end(scan)) return TEXT_END;
        free = false;
      } else {
        return LONE_SLASH;
      }
    } else {
      return c;
    }
  }
}

// What follows a word.
typedef struct {
  // The word, with the words glued to it by dots, stands before "=".
  bool key;
  // What it stands before, as `skip` says it; a dot if one is glued to it.
  int32_t next;
  bool glued;
} Ahead;

static Ahead look_behind_word(Scan *scan) {
  bool dotted = false;
  while (peek(scan) == '.') {
    advance(scan);
    dotted = true;
    if (!starts_word(peek(scan))) return (Ahead){false, '.', true};
    read_word(scan);
  }
  uint32_t col = scan->col;
  int32_t next = skip(scan, false, false);
  Ahead ahead = {false, dotted ? '.' : next, col == scan->col};
  if (next == '=') {
    advance(scan);
    int32_t c = peek(scan);
    ahead.key = c != '=' && c != '>' && c != '~';
  }
  return ahead;
}

// Whether `next` begins a word that is "in" and no key.
static bool is_in(Scan *scan, int32_t next) {
  if (next < 0 || !starts_word(next)) return false;
  Name name = read_word(scan);
  return is_word(&name, "in") && !look_behind_word(scan).key;
}

// Whether the word is an operator behind an operand; `ahead` is what follows it.
static bool is_operator(Scan *scan, const Name *name, Ahead ahead) {
  if (ahead.key) return false;
  if (lookup(OPERATOR_WORDS, name) != NOTHING) return true;
  return is_word(name, "not") && is_in(scan, ahead.next);
}

// ---- Newlines ----------------------------------------------------------------------------------------------------------

// Whether the word and what follows it can only begin a statement.
static bool begins_statement(Scan *scan, const Name *name, Ahead ahead) {
  int32_t next = ahead.next;
  if (next < 0) return false;
  if (is_digit(next) || is_quote(next)) return true;
  bool keyword = lookup(STATEMENT_WORDS, name) != NOTHING;
  if (next == '{') return keyword;
  if (!starts_word(next)) return false;
  Name second = read_word(scan);
  if (is_raw_prefix(scan, &second)) return true;
  Ahead behind = look_behind_word(scan);
  return keyword ? !is_operator(scan, &second, behind) : behind.key;
}

// Behind a newline in a block: whether the next line belongs to the statement at hand.
static bool goes_on(Scan *scan) {
  State *state = scan->state;
  uint8_t prev = state->prev;
  Frame *at_hand = statement(state);
  int32_t next = skip(scan, true, true);
  if (next == TEXT_END) return false;
  if (next == LONE_SLASH) return ends_operand(prev) || continues(prev);
  uint32_t col = scan->col;
  if (starts_word(next)) {
    Name name = read_word(scan);
    bool raw = is_raw_prefix(scan, &name);
    if (continues(prev)) {
      if (raw || lookup(STATEMENT_WORDS, &name) == NOTHING) return true;
      return !begins_statement(scan, &name, look_behind_word(scan));
    }
    if (raw) return false;
    if (prev == BLOCK_CLOSE && is_word(&name, "else")) return true;
    Ahead ahead = look_behind_word(scan);
    if (ahead.key) return takes_keys(at_hand->info & HEAD) && col > at_hand->col;
    uint8_t operator = lookup(OPERATOR_WORDS, &name);
    return ends_operand(prev) && operator != EXISTS && operator != NOT_EXISTS && is_operator(scan, &name, ahead);
  }
  if (continues(prev)) return next != '@' && next != '}';
  bool operand = ends_operand(prev);
  if (next != '{') advance(scan);
  switch (next) {
    case '{': return (at_hand->info & AWAITS_BLOCK) && (operand || takes_block(prev));
    case '-': return operand || peek(scan) == '>';
    case '=': case '!': return operand && peek(scan) == '=';
    case '<': case '>': case '+': case '*': case '%': return operand;
    default: return false;
  }
}

// Behind a newline inside brackets: whether they were left open, since the next line can only be a new statement.
static bool left_open(Scan *scan) {
  State *state = scan->state;
  int32_t next = skip(scan, true, true);
  if (next < 0 || scan->col > statement(state)->col) return false;
  if (next == '@') return true;
  if (!starts_word(next)) return false;
  Name name = read_word(scan);
  if (is_raw_prefix(scan, &name)) return false;
  Ahead ahead = look_behind_word(scan);
  if (ahead.key) return true;
  bool keyword = lookup(STATEMENT_WORDS, &name) != NOTHING;
  if (ends_operand(state->prev) && !keyword) return !is_operator(scan, &name, ahead);
  return begins_statement(scan, &name, ahead);
}

// ---- Putting tokens out ------------------------------------------------------------------------------------------------

static uint16_t clamp(uint32_t col) { return col < UINT16_MAX ? (uint16_t)col : UINT16_MAX; }

static bool put(Scan *scan, enum Token token) {
  State *state = scan->state;
  state->prev = (uint8_t)token;
  state->flags = (uint8_t)((state->flags & UNCLOSED) | (ends_with_sign((uint8_t)token) ? AFTER_SIGN : 0));
  state->col = clamp(scan->end);
  scan->lexer->result_symbol = token;
  return true;
}

// What changes no meaning: a comment, or a newline that is none.
static bool put_extra(Scan *scan, enum Token token, uint8_t flag) {
  State *state = scan->state;
  state->flags = (uint8_t)((state->flags & (UNCLOSED | IS_JOINED)) | flag);
  state->col = clamp(scan->end);
  scan->lexer->result_symbol = token;
  return true;
}

// What is no token; what stands around it is read as if it were not there.
static bool put_unexpected(Scan *scan) {
  if (scan->end == scan->start) advance(scan);
  mark(scan);
  return put_extra(scan, UNEXPECTED, AFTER_COMMENT);
}

// A token that begins a statement where one begins.
static bool emit(Scan *scan, enum Token token) {
  State *state = scan->state;
  if (at_start(state)) {
    Frame *at_hand = top(state);
    at_hand->info = (uint8_t)(token | (takes_block((uint8_t)token) ? AWAITS_BLOCK : 0));
    if (state->prev != ELSE && state->prev != FUTURE) at_hand->col = clamp(scan->start);
  }
  return put(scan, token);
}

// A token that is not written, before what stands here.
static bool put_in(Scan *scan, enum Token token) {
  mark(scan);
  return put(scan, token);
}

// Ends the outermost string that ends with its line, with all that is open in it; else the innermost hole's string.
static bool cut_string(Scan *scan) {
  State *state = scan->state;
  unsigned found = 0;
  for (unsigned at = state->depth - 1; !holds_statements(&state->frames[at]); at--) {
    if (state->frames[at].shape != STRING) continue;
    if (found == 0 || (state->frames[at].info & IN_LINE)) found = at;
  }
  state->beyond = 0;
  while (found > 0 && state->depth > found) pop(state);
  return put_in(scan, STRING_CUT);
}

// ---- Strings -----------------------------------------------------------------------------------------------------------

static bool open_string(Scan *scan, bool raw) {
  State *state = scan->state;
  int32_t quote = peek(scan);
  uint8_t info = (uint8_t)((quote == '\'' ? SINGLE : 0) | (raw ? RAW : 0));
  advance(scan);
  mark(scan);
  if (quote == '"' && take(scan, '"') && take(scan, '"')) {
    mark(scan);
    info |= TRIPLE;
  }
  if (!(info & TRIPLE) || scan->in_line) info |= IN_LINE;
  emit(scan, STRING_START);
  push(state, STRING, info);
  return true;
}

// Behind a backslash: whether an escape follows. What was read of it stays text if not.
static bool read_escape(Scan *scan) {
  int32_t c = peek(scan);
  if (c != 'u') {
    bool known = c > 0 && c < 0x80 && strchr("ntrbf0\\/\"'$", (char)c) != NULL;
    if (known) advance(scan);
    return known;
  }
  advance(scan);
  bool braced = take(scan, '{');
  unsigned digits = 0, most = braced ? 6 : 4;
  while (digits < most && is_hex(peek(scan))) {
    advance(scan);
    digits++;
  }
  return braced ? digits > 0 && take(scan, '}') : digits == 4;
}

// The inside of a string: text, an escape, the start of a hole, or its end.
static bool scan_string(Scan *scan) {
  State *state = scan->state;
  uint8_t info = top(state)->info;
  int32_t quote = info & SINGLE ? '\'' : '"';
  bool holes = !(info & (SINGLE | RAW));
  mark(scan);
  for (bool text = false;; text = true) {
    int32_t c = peek(scan);
    mark(scan);
    if (at_end(scan) || (c == '\n' && (info & IN_LINE))) {
      return text ? put(scan, STRING_CONTENT) : cut_string(scan);
    }
    if (c == quote) {
      advance(scan);
      if ((info & TRIPLE) && !(take(scan, '"') && take(scan, '"'))) continue;
      if (text) return put(scan, STRING_CONTENT);
      mark(scan);
      pop(state);
      return put(scan, STRING_END);
    }
    if (c == '$' && holes) {
      advance(scan);
      if (peek(scan) != '{') continue;
      if (text) return put(scan, STRING_CONTENT);
      advance(scan);
      mark(scan);
      push(state, HOLE, info & IN_LINE);
      return put(scan, HOLE_OPEN);
    }
    if (c == '\\' && !(info & RAW)) {
      if (text) return put(scan, STRING_CONTENT);
      advance(scan);
      if (read_escape(scan)) {
        mark(scan);
        return put(scan, ESCAPE);
      }
      continue;
    }
    advance(scan);
  }
}

// ---- Words, numbers, signs ---------------------------------------------------------------------------------------------

// W9: behind the word at hand an argument, a key, "->" or the end follows on its line.
static bool is_option(Scan *scan, Ahead ahead) {
  int32_t next = ahead.next;
  if (next == LINE_END || next == TEXT_END) return true;
  if (next < 0) return false;
  if (is_quote(next) || is_digit(next) || next == ';' || next == '}') return true;
  if (next == '[' || next == '(' || next == '{') return !ahead.glued;
  if (next == '-') {
    advance(scan);
    return peek(scan) == '>';
  }
  if (!starts_word(next)) return false;
  Name name = read_word(scan);
  return is_raw_prefix(scan, &name) || !is_operator(scan, &name, look_behind_word(scan));
}

// W7 to W10.
static bool scan_word_inside(Scan *scan, const Name *name, Ahead ahead) {
  State *state = scan->state;
  uint8_t prev = state->prev;
  if (prev == NOT_OF_IN) return put(scan, IN);
  if (ends_operand(prev) && prev != OPTION) {
    uint8_t operator = lookup(OPERATOR_WORDS, name);
    if (operator != NOTHING) return put(scan, operator);
    bool returned = in_block(state) && head(state) == RETURN;
    if (is_word(name, "not") && is_in(scan, ahead.next)) return put(scan, NOT_OF_IN);
    return put(scan, returned ? RETURN_WORD : WORD);
  }
  if (top(state)->shape == OBJECT && (prev == OBJECT_OPEN || prev == COMMA) && ahead.next == ':') {
    advance(scan);
    if (peek(scan) != ':' && peek(scan) != '=') return put(scan, WORD);
  }
  uint8_t operand = lookup(OPERAND_WORDS, name);
  if (operand != NOTHING) return put(scan, operand);
  return put(scan, prev == ACTION && is_option(scan, ahead) ? OPTION : WORD);
}

// W1 to W6.
static bool scan_word(Scan *scan) {
  State *state = scan->state;
  Name name = read_word(scan);
  if (is_raw_prefix(scan, &name)) return open_string(scan, true);
  mark(scan);
  uint8_t prev = state->prev;
  if (prev == DOT) return put(scan, WORD);
  if (prev == KEY_DOT) return put(scan, KEY_WORD);
  bool start = at_start(state);
  uint8_t keyword = start ? lookup(STATEMENT_WORDS, &name) : NOTHING;
  bool dashed = false;
  while (start && peek(scan) == '-') {
    advance(scan);
    if (!starts_word(peek(scan))) break;
    read_word(scan);
    mark(scan);
    dashed = true;
  }
  if (dashed) return emit(scan, ACTION);
  Ahead ahead = look_behind_word(scan);
  if (keyword == RETURN && ahead.key && ahead.next == '=') return emit(scan, RETURN);
  if (ahead.key && (start || head(state) != SET)) return put(scan, KEY_WORD);
  if (!start) return scan_word_inside(scan, &name, ahead);
  if (keyword == END && top(state)->shape == COLON_BODY && state->beyond == 0) {
    pop(state);
    return put(scan, END);
  }
  return emit(scan, keyword != NOTHING ? keyword : ACTION);
}

// Reads digits with "_" between them; the token ends behind the last.
static void read_digits(Scan *scan) {
  while (is_digit(peek(scan))) {
    while (is_digit(peek(scan))) advance(scan);
    mark(scan);
    take(scan, '_');
  }
}

// What was read behind its end belongs to no number, so nothing is glued to it.
static bool scan_number(Scan *scan) {
  read_digits(scan);
  if (scan->col == scan->end && take(scan, '.')) read_digits(scan);
  if (scan->col == scan->end && (peek(scan) == 'e' || peek(scan) == 'E')) {
    advance(scan);
    if (peek(scan) == '+' || peek(scan) == '-') advance(scan);
    read_digits(scan);
  }
  if (scan->col != scan->end || !starts_word(peek(scan))) return emit(scan, NUMBER);
  Name name = read_word(scan);
  for (const char *const *unit = UNITS; *unit != NULL; unit++) {
    if (strcmp(name.text, *unit) == 0) {
      mark(scan);
      return emit(scan, DURATION);
    }
  }
  return emit(scan, NUMBER);
}

// Whether "{" is followed by "}" or by a key and ":".
static bool looks_like_object(Scan *scan) {
  int32_t next = skip(scan, true, true);
  if (next == '}' || (next > 0 && is_quote(next))) return true;
  if (next < 0 || !starts_word(next)) return false;
  Name name = read_word(scan);
  return is_raw_prefix(scan, &name) || look_behind_word(scan).next == ':';
}

static bool scan_open_brace(Scan *scan) {
  State *state = scan->state;
  uint8_t prev = state->prev;
  // A block's brace: the brackets before it were left open.
  if (brackets_in_block(state) && (statement(state)->info & AWAITS_BLOCK) && ends_operand(prev)) {
    pop(state);
    return put_in(scan, CLOSE);
  }
  advance(scan);
  mark(scan);
  bool awaits = in_block(state) && (statement(state)->info & AWAITS_BLOCK);
  bool operand = ends_operand(prev);
  bool block = in_block(state) && (awaits || at_start(state) || (operand && prev != OPTION) || prev == ACTION || prev == OPTION);
  bool certain = at_start(state) || (awaits && (operand || takes_block(prev))) || (operand && prev != OPTION);
  if (block && (certain || !looks_like_object(scan))) {
    emit(scan, BLOCK_OPEN);
    statement(state)->info &= HEAD;
    push(state, BLOCK, NOTHING);
    return true;
  }
  emit(scan, OBJECT_OPEN);
  push(state, OBJECT, 0);
  return true;
}

// "}": what was left open inside its brace is closed first, a token each.
static bool scan_close_brace(Scan *scan) {
  State *state = scan->state;
  switch (state->beyond > 0 ? OBJECT : top(state)->shape) {
    case PAREN: case LIST:
      pop(state);
      return put_in(scan, CLOSE);
    case COLON_BODY:
      if (!at_start(state)) return put_in(scan, NEWLINE);
      pop(state);
      return put_in(scan, END);
    case FILE_:
      return put_unexpected(scan);
    case BLOCK:
      if (!at_start(state)) return put_in(scan, NEWLINE);
      advance(scan);
      mark(scan);
      pop(state);
      return put(scan, BLOCK_CLOSE);
    default:
      advance(scan);
      mark(scan);
      pop(state);
      return put(scan, CLOSE);
  }
}

// ")" or "]": one that closes nothing is no token.
static bool scan_close_bracket(Scan *scan) {
  State *state = scan->state;
  uint8_t shape = peek(scan) == ')' ? PAREN : LIST;
  if (state->beyond == 0) {
    if (!is_open(state, shape)) return put_unexpected(scan);
    if (top(state)->shape != shape) {
      pop(state);
      return put_in(scan, CLOSE);
    }
  }
  advance(scan);
  mark(scan);
  pop(state);
  return put(scan, CLOSE);
}

static bool scan_open_bracket(Scan *scan) {
  State *state = scan->state;
  bool paren = peek(scan) == '(';
  bool glued = !scan->blank && !(state->flags & AFTER_COMMENT) && ends_operand(state->prev);
  advance(scan);
  mark(scan);
  emit(scan, paren ? (glued ? CALL_OPEN : PAREN_OPEN) : (glued ? INDEX_OPEN : LIST_OPEN));
  push(state, paren ? PAREN : LIST, 0);
  return true;
}

static bool scan_colon(Scan *scan) {
  State *state = scan->state;
  advance(scan);
  mark(scan);
  Frame *frame = top(state);
  if (!in_block(state) || frame->info != (PARALLEL | AWAITS_BLOCK)) return emit(scan, COLON);
  emit(scan, BLOCK_COLON);
  frame->info &= HEAD;
  push(state, COLON_BODY, NOTHING);
  return true;
}

static bool scan_meta(Scan *scan) {
  State *state = scan->state;
  if (in_block(state) && !at_start(state)) return put_in(scan, NEWLINE);
  advance(scan);
  mark(scan);
  if (!starts_word(peek(scan))) return put_unexpected(scan);
  read_word(scan);
  mark(scan);
  return emit(scan, META);
}

// A sign of one character, or of two if the second follows.
static bool scan_sign(Scan *scan, enum Token one, int32_t second, enum Token two) {
  advance(scan);
  mark(scan);
  if (second != 0 && take(scan, second)) {
    mark(scan);
    one = two;
  }
  return one == UNEXPECTED ? put_unexpected(scan) : emit(scan, one);
}

static bool scan_dot(Scan *scan) {
  return scan_sign(scan, scan->state->prev == KEY_WORD ? KEY_DOT : DOT, 0, NOTHING);
}

// "/": a comment where one may begin, else the sign.
static bool scan_slash(Scan *scan, bool free) {
  State *state = scan->state;
  advance(scan);
  mark(scan);
  if (free && take(scan, '/')) {
    read_line(scan);
    return put_extra(scan, COMMENT, AFTER_COMMENT);
  }
  if (free && take(scan, '*')) {
    if (!read_block_comment(scan, true, state->flags & UNCLOSED)) state->flags |= UNCLOSED;
    return put_extra(scan, COMMENT, AFTER_COMMENT);
  }
  return emit(scan, SLASH);
}

static bool scan_token(Scan *scan) {
  State *state = scan->state;
  bool free = scan->blank || scan->col == 0 || (state->flags & AFTER_SIGN);
  int32_t c = peek(scan);
  if (starts_word(c)) return scan_word(scan);
  if (is_digit(c)) return scan_number(scan);
  switch (c) {
    case '"': case '\'': return open_string(scan, false);
    case '@': return scan_meta(scan);
    case '#':
      if (!free || scan->in_line) return put_unexpected(scan);
      read_line(scan);
      return put_extra(scan, COMMENT, AFTER_COMMENT);
    case '/': return scan_slash(scan, free && !scan->in_line);
    case '{': return scan_open_brace(scan);
    case '}': return scan_close_brace(scan);
    case '(': case '[': return scan_open_bracket(scan);
    case ')': case ']': return scan_close_bracket(scan);
    case ':': return scan_colon(scan);
    case '.': return scan_dot(scan);
    case ',': return scan_sign(scan, COMMA, 0, NOTHING);
    case '=': return scan_sign(scan, ASSIGN, '=', EQUAL);
    case '!': return scan_sign(scan, UNEXPECTED, '=', NOT_EQUAL);
    case '<': return scan_sign(scan, LESS, '=', LESS_EQUAL);
    case '>': return scan_sign(scan, GREATER, '=', GREATER_EQUAL);
    case '-': return scan_sign(scan, MINUS, '>', ARROW);
    case '+': return scan_sign(scan, PLUS, 0, NOTHING);
    case '*': return scan_sign(scan, STAR, 0, NOTHING);
    case '%': return scan_sign(scan, PERCENT, 0, NOTHING);
    default: return put_unexpected(scan);
  }
}

// A newline in a block: ends the statement, or joins the lines.
static bool scan_newline(Scan *scan) {
  advance(scan);
  mark(scan);
  return goes_on(scan) ? put_extra(scan, JOINED, IS_JOINED) : put(scan, NEWLINE);
}

// A newline in brackets: means nothing, or shows that the innermost was left open.
static bool scan_newline_in_brackets(Scan *scan) {
  State *state = scan->state;
  mark(scan);
  advance(scan);
  if (!left_open(scan)) return put_extra(scan, JOINED, IS_JOINED);
  pop(state);
  return put(scan, CLOSE);
}

// The end of the text: what is open is closed, a token each.
static bool scan_end(Scan *scan) {
  State *state = scan->state;
  state->beyond = 0;
  switch (top(state)->shape) {
    case PAREN: case LIST: case OBJECT:
      pop(state);
      return put_in(scan, CLOSE);
    case HOLE: case STRING:
      return cut_string(scan);
    default:
      break;
  }
  if (!at_start(state)) return put_in(scan, NEWLINE);
  uint8_t shape = top(state)->shape;
  if (shape == FILE_) return false;
  pop(state);
  return put_in(scan, shape == BLOCK ? BLOCK_CLOSE : END);
}

static bool scan(Scan *scan) {
  State *state = scan->state;
  if (top(state)->shape == STRING && state->beyond == 0) return scan_string(scan);
  scan->in_line = hole_in_line(state);
  bool between = in_block(state) && begins_line(state->prev);
  for (;;) {
    if (at_end(scan)) return scan_end(scan);
    int32_t c = peek(scan);
    if (c == '\n' && scan->in_line) return cut_string(scan);
    if (c == '\n' && !between && !(state->flags & IS_JOINED)) {
      if (in_block(state)) return scan_newline(scan);
      if (brackets_in_block(state)) return scan_newline_in_brackets(scan);
    }
    if (c == ';' && !between) return scan_sign(scan, NEWLINE, 0, NOTHING);
    if (!is_blank(c) && c != '\n' && c != ';') break;
    step(scan, true);
    scan->blank = true;
  }
  scan->start = scan->end = scan->col;
  return scan_token(scan);
}

// ---- The interface of tree-sitter ----------------------------------------------------------------------------------------

static void reset(State *state) {
  state->prev = NOTHING;
  state->flags = 0;
  state->col = 0;
  state->beyond = 0;
  state->depth = 1;
  state->size = (uint16_t)cost(FILE_);
  state->frames[0] = (Frame){FILE_, NOTHING, 0};
}

void *tree_sitter_qplan_external_scanner_create(void) {
  State *state = ts_malloc(sizeof(State));
  if (state != NULL) reset(state);
  return state;
}

void tree_sitter_qplan_external_scanner_destroy(void *payload) { ts_free(payload); }

static unsigned write16(char *buffer, unsigned at, uint16_t value) {
  buffer[at] = (char)(value & 0xff);
  buffer[at + 1] = (char)(value >> 8);
  return at + 2;
}

static uint16_t read16(const char *buffer, unsigned at) {
  return (uint16_t)((uint8_t)buffer[at] | ((uint8_t)buffer[at + 1] << 8));
}

// `push` keeps HEADER + size within the buffer.
unsigned tree_sitter_qplan_external_scanner_serialize(void *payload, char *buffer) {
  const State *state = payload;
  if (state == NULL) return 0;
  buffer[0] = (char)state->prev;
  buffer[1] = (char)state->flags;
  unsigned at = write16(buffer, 2, state->col);
  at = write16(buffer, at, state->beyond);
  for (unsigned i = 0; i < state->depth; i++) {
    const Frame *frame = &state->frames[i];
    unsigned size = cost(frame->shape);
    buffer[at] = (char)frame->shape;
    if (size > 1) buffer[at + 1] = (char)frame->info;
    if (size > 2) write16(buffer, at + 2, frame->col);
    at += size;
  }
  return at;
}

// Whatever the bytes are, the state is one that can be worked with.
void tree_sitter_qplan_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
  State *state = payload;
  if (state == NULL) return;
  reset(state);
  if (length < HEADER + cost(FILE_)) return;
  state->prev = (uint8_t)buffer[0];
  state->flags = (uint8_t)buffer[1];
  state->col = read16(buffer, 2);
  state->beyond = read16(buffer, 4);
  state->depth = 0;
  state->size = 0;
  unsigned at = HEADER;
  while (at < length && state->depth < MAX_FRAMES) {
    uint8_t shape = (uint8_t)buffer[at];
    if (shape > STRING || (shape == FILE_) != (state->depth == 0)) break;
    unsigned size = cost(shape);
    if (length - at < size) break;
    Frame *frame = &state->frames[state->depth++];
    *frame = (Frame){shape, size > 1 ? (uint8_t)buffer[at + 1] : 0, size > 2 ? read16(buffer, at + 2) : 0};
    state->size += (uint16_t)size;
    at += size;
  }
  if (state->depth == 0) reset(state);
}

bool tree_sitter_qplan_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid_symbols) {
  (void)valid_symbols;
  State *state = payload;
  if (state == NULL) return false;
  Scan call = {.lexer = lexer, .state = state, .col = state->col, .start = state->col, .end = state->col};
  return scan(&call);
}
