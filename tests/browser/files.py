"""Files as officers send them."""

HEADINGS = "所属村社,单位名称,单位类别,职工总数\n"
SOUND = "大唐街道,{0}{1},企业,{1}\n"
BAD_COUNT = "大唐街道,坏样例企业,企业,一百二十\n"
NO_PARENT = "没有这个村,无处可归企业,企业,9\n"

ALL_SOUND = HEADINGS + "".join(SOUND.format("好样例企业", number) for number in range(1, 4))
MIXED = HEADINGS + SOUND.format("样例企业", 11) + BAD_COUNT + SOUND.format("样例企业", 12) + NO_PARENT

# The road of an import begins with what a county sends: GBK, a title above the headings, a total below.
GBK = (
    "诸暨市2026年新增单位情况表,,,\n"
    "填报：办公室,,,\n"
    + HEADINGS
    + SOUND.format("路上企业", 31)
    + BAD_COUNT.replace("坏样例企业", "路上坏企业")
    + SOUND.format("路上企业", 32)
    + "合计,,,183\n"
).encode("gbk")
