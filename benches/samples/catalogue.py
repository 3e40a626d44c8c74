# What the patterns of ast-grep's documentation, catalogue and tests find, and near misses.
import openai
import openai as ai
from openai import Client

openai.api_key = os.environ["KEY"]
openai.api_key = KEY if KEY else None
openai.Completion.create(model="m", prompt=prompt(animal))
openai.Completion.create()
client.Completion.create(model="m")


def typed(a: Optional[int], b: Optional[Union[str, List[Union[int, None]]]] = None, *c: Union[int]) -> Optional[str]:
    alias = Optional[int]
    known: Union[int, str] = Optional[a]
    local: Optional["é"]
    return alias


def sums(xs):
    any([x for x in xs])
    all([x for x in xs if x], [])
    sum([x * 2 for x in xs])
    max([x for x in xs])
    any(x for x in xs)
    any(xs)


async def coroutine(a, *b, **c):
    await a
    await a.b(c)
    (await a)
    async with a as b:
        await b
    async with a as b, c as d: pass


class Mapping(Base):
    x = mapped_column(String, nullable=True)
    y = mapped_column(String(255), String, nullable=True, default=None)
    z = mapped_column(nullable=True)
    w = mapped_column(Integer, String, index=True, nullable=True)
    v = mapped_column()
    u: Mapped[str] = mapped_column(String, nullable=True)


class Empty(): pass
class Empty(): pass; pass
class Base: pass


def walrus():
    foo = bar(1, 2)
    if foo:
        use(foo)
    foo = bar
    if other:
        use(foo)
    foo: int = bar
    if foo: use(foo)
    elif foo: pass
    foo = bar  # between
    # and here
    if foo:
        use(foo)
    else:
        pass


def foo(x):
    return x + 1


def foo(x, y): return foo(x)


def foo(x: int):
    pass


y = foo(2)
y = foo(foo(2), foo)
b = lambda: 123
b = lambda x: 123
if True:
    c = lambda: (yield)
d = dict(a=1, b=2, **c)
d = dict()
db.execute(f"DROP {vuln_param}")
db.execute("SELECT %s" % x, (1,))
db.execute()
db.cursor().execute(*a)
logger("a", b)
logger()
a == a
a.b == a . b
a == b
print(print)
print(print, print)
f(x)(f(x))


def returns():
    return
    return 1
    return 1, 2
    return (1,)
    return yield_


print(123)
print('123')
print("123")
print('''123''')
print(b'123', '456')
'123'
'1' '23'
getattr(response, "render", None)
getattr(response, 'render', None)
getattr(o, "__spec__", None)
getattr(o, "__spec__", None,)
1 + 2
1\
 + 2
(1 +
 # in between
 2)
"a" + "b" + "c"
r'^[A-Za-z0-9_-]+\$'
r"^[A-Za-z0-9_-]+\$"
'^[A-Za-z0-9_-]+\$'
a = 0
a = 0.0
a = b = 0
a: int = 0
a += 0

match points:
    case []:
        print("none")
    case [Point(0, 0)]:
        print("one")
    case [Point(x, y)]:
        print(f"{x}, {y}")
    case [Point(0, y1), Point(0, y2)]:
        print(f"{y1} and {y2}")
    case _:
        print("else")

match points:
    case [Point(0, 0)]:
        pass
    case _:
        pass

if flag:
    a = value_pos
else:
    a = value_neg
if flag:
    a = 1
else:
    b = 1
if flag:
    a = 1
elif other:
    a = 3
else:
    a = 2
a = value_pos if flag else value_neg

try:
    f = open(file_path, "r")
    file_content = f.read()
except:
    pass
finally:
    f.close()

try:
    f = open(file_path, "r")
    file_content = g.read()
except:
    pass
finally:
    f.close()

with open(file_path, "r") as f:
    content = f.open()
with open(file_path, "r") as f, open(other, "w") as g:
    content = f.open()
for sub in range(3): foo; print
for i in a:
    for j in b:
        c.append(i); d.append(j)
a, b = b, a
(a, b) = b, a
[a, b] = b, a
a or a
a or b or a or b
print("é𝕏", file=sys.stderr); print("𝕏", a, file=sys.stderr)
import a, b
import a.b as c, d
from m import a, b
from m import (a, b,)
from m import a, b, c
x.get('a', 1); getattr(x, "b,c", 2); x["k"]
