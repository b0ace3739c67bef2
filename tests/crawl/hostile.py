# ruff: noqa: E501
"""What somebody hostile would send: values, headers, bodies and files."""

PROBE, SUM = "<gj-probe>", "1787569"  # 1337 × 1337
LONG = "长" * 120_000  # a megabyte as it is sent
VALUES = [
    f"{PROBE}'\"><script>gj</script>", "{{1337*1337}}", "${1337*1337}", "{%debug%}", "#{1337*1337}", "<%= 1337*1337 %>",
    "' OR '1'='1", "1; DROP TABLE register_unit--", "'; SELECT pg_sleep(9)--", "1)) UNION SELECT NULL--", "\\'", "%' --",
    "../../../../etc/passwd", "..%2f..%2fetc%2fpasswd", "/etc/passwd\x00.xlsx", "file:///etc/passwd", "C:\\boot.ini",
    "x\r\nSet-Cookie: gj=1\r\n\r\n<gj-probe>", "x%0d%0aSet-Cookie:%20gj=1", "\x00", "a\x00b", "\ud800", "\udfff样例",
    "\u202e样例\u202c", "\u200b", "\ufeff", "𠀀𠀁", "e\u0301" * 300, "﷽" * 200, "İıſK", "\x1b[31m", "\x7f", "\t\n\v\f",
    "-1", "0", "1e309", "-1e309", "NaN", "Infinity", "9" * 19, "9" * 5000, "-" + "9" * 40, "0x7f", "1_000", "٣", "²", "①", "１２", "1.5",
    "2147483648", "9223372036854775808", "0001-01-01", "9999-12-31", "10000-01-01", "2021-02-30", "0000-00-00", "-0001-01-01",
    "2021-01-01T00:00", "20210101", "true", "null", "[]", "{}", "[" * 2000, '{"a":' * 2000, "on", "=cmd|' /C calc'!A0",
    "@SUM(1)", "*", "_", "%", "\\", "a & b | !c:*", "((((", "&&", "::", "://", "javascript:alert(1)", "//evil.example/",
    "https://evil.example/", "a" * 300, LONG,
]  # fmt: skip
HEADERS = {
    "HTTP_HOST": ["evil.example", "testserver:99999", "testserver\r\nx: y", "[::1", "", "a" * 5000, "测试", "testserver/@x"],
    "HTTP_X_FORWARDED_FOR": [PROBE, "1.2.3.4, ::ffff", "\x00", "9" * 5000, "' OR 1=1"],
    "HTTP_X_FORWARDED_PROTO": ["https", PROBE, ""], "HTTP_X_FORWARDED_HOST": ["evil.example"],
    "HTTP_ACCEPT_LANGUAGE": [PROBE, "zh-" + "a" * 600, "*;q=-1", "en;q=NaN", ",,;;", "\x00", "../../etc", "{{1337*1337}}"],
    "HTTP_COOKIE": ["gongjian_session=" + "x" * 9000, "gongjian_session=\x00", "gongjian_language=../../x", "=;=;=",
                    "gongjian_device=a:b:c", "messages=" + "[" * 500, "csrftoken=\xff", f"gongjian_language={PROBE}"],
    "HTTP_RANGE": ["bytes=0-0,-1", "bytes=9-1", "x=1", "bytes=" + "0-,5-" * 999],
    "HTTP_IF_NONE_MATCH": ["*", '"' + "x" * 9000, "W/\"\"", PROBE], "HTTP_IF_MODIFIED_SINCE": ["x", "9" * 400, "Thu, 01 Jan 9999"],
    "HTTP_REFERER": ["javascript:gj", "https://evil.example/", PROBE, "http://testserver/" + "x" * 9000],
    "HTTP_USER_AGENT": [PROBE, "\x00", "x" * 9000, "{{1337*1337}}"], "HTTP_X_REQUEST_ID": [PROBE, "x\r\ny: z"],
    "HTTP_HX_REQUEST": ["true", PROBE], "HTTP_HX_TARGET": [PROBE], "HTTP_HX_CURRENT_URL": ["javascript:gj"],
    "CONTENT_LENGTH": ["-1", "x", "99999999999"], "HTTP_X_HTTP_METHOD_OVERRIDE": ["DELETE"], "HTTP_ORIGIN": ["null", PROBE],
}  # fmt: skip
BODIES = [
    ("application/json", b"[" * 50_000), ("application/json", b'{"a":' * 9999), ("text/xml", b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"),
    ("multipart/form-data", b"x"), ("multipart/form-data; boundary=", b"--x"), ("multipart/form-data; boundary=a", b"--a\r\nx"),
    ("multipart/form-data; boundary=" + "x" * 300, b"x"), ("application/x-www-form-urlencoded; charset=nonsense", b"a=1"),
    ("application/x-www-form-urlencoded; charset=utf-16", b"\xff"), ("application/x-www-form-urlencoded", b"\xff\xfe=%ff%fe&%00=%00"),
    ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % n for n in range(3000))), ("", b"\x00"), ("x/y" * 500, b"x"),
]  # fmt: skip
FILES = [
    ("../../../etc/passwd", b"x"), ("a\x00b.csv", b"x,y\n1,2\n"), ("<gj-probe>.csv", "单位名称,<gj-probe>\n<gj-probe>,2\n".encode()),
    ("x.xlsx", b"PK\x03\x04nonsense"), ("x.xlsx", b"PK\x05\x06" + b"\0" * 18), ("x.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
    ("x.csv", b""), ("x.csv", b"\x00" * 5000), ("x.csv", b'"' * 5000), ("x.csv", b"," * 90_000), ("x.csv", b"\xff\xfe\x00\xd8"),
    ("x.exe", b"MZ" + b"\0" * 99), ("x.html", b"<script>gj</script>"), ("x.csv.html", b"<gj-probe>"), ("长" * 400 + ".csv", b"a,b\n"),
    ("x.csv", "所属村社,单位名称,单位类别,职工总数\n{{1337*1337}},<gj-probe>,企业,99999999999999999999\n".encode()),
    ("x.csv", "所属村社,单位名称,单位类别,成立日期\n大唐街道,=cmd|' /C calc'!A0,企业,9999-99-99\n".encode()),
    ("x.csv", "统计代码,单位名称,上级代码\n3306,a\x00b,3306\n".encode()), ("x.pdf", b"%PDF-1.7 <gj-probe>"), ("", b"x"), (".", b"x"),
]  # fmt: skip
