"""What codes mean, (English, Chinese). Gaps are named as the facts of the error or of the check."""

SENTENCES = {
    # records
    "not_canonical": (
        "This is not the canonical form of a record: sorted keys, no white space, no fractions.",
        "这不是记录的规范形式：键要排序，不能有空白，不能有小数。",
    ),
    "not_text": (
        "{where} has to be a text of {least} to {most} characters.",
        "{where}要填{least}到{most}个字符。",
    ),
    "not_number": (
        "{where} has to be a whole number from {least} to {most}.",
        "{where}要填{least}到{most}之间的整数。",
    ),
    "not_hex": (
        "{where} has to be {bytes} bytes in hexadecimal, in small letters.",
        "{where}要填{bytes}个字节的小写十六进制数。",
    ),
    "not_one_of": ("{where} has to be one of: {choices}.", "{where}只能是其中之一：{choices}。"),
    "not_minute": (
        "{where} has to be a whole minute in UTC, as 2026-03-16T01:00:00Z.",
        "{where}要填整分钟的世界时，例如2026-03-16T01:00:00Z。",
    ),
    "not_moment": (
        "{where} has to be a moment in UTC, as 2026-03-16T01:00:05Z.",
        "{where}要填世界时，例如2026-03-16T01:00:05Z。",
    ),
    "not_day": ("{where} has to be a day, as 2026-03-16.", "{where}要填日期，例如2026-03-16。"),
    "not_list": (
        "{where} has to be a list of {least} to {most} things.",
        "{where}要有{least}到{most}项。",
    ),
    "not_record": ("{where} has to be a record with: {fields}.", "{where}里要有这些项：{fields}。"),
    "not_map": ("{where} has to be a record of at most {most} things.", "{where}最多有{most}项。"),
    "unknown_field": ("{where} has a field that is not known: {name}.", "{where}里有不认识的项：{name}。"),
    "unknown_kind": (
        "{where} is of a kind that is not known. Known are: {choices}.",
        "{where}的种类不认识。认识的有：{choices}。",
    ),
    # rules and entry
    "named_twice": ("{where} names “{name}” twice.", "{where}里“{name}”出现了两次。"),
    "choices_impossible": (
        "In group {group} nobody can choose so many: least ≤ most ≤ number of candidates.",
        "{group}组没法选这么多：最少≤最多≤候选数。",
    ),
    "closes_before_opening": ("The poll closes before it opens.", "截止时刻早于开始时刻。"),
    "weight_unapproved": (
        "A poll that counts in a decision needs the number and name of the approval.",
        "计入评选结果的投票，要写明批准文件的文号和名称。",
    ),
    "draw_too_early": (
        "The public draw that decides ties has to be held after closing.",
        "用来定同票的公开摇奖，要在截止以后举行。",
    ),
    "step_group": ("A step names a group that is not there: {group}.", "有一步用到了没有的组：{group}。"),
    "step_candidate": (
        "The step of group {group} leaves out a candidate who is not there: {candidate}.",
        "{group}组的规则去掉了没有的候选：{candidate}。",
    ),
    "cap_attribute": (
        "The step of group {group} has a limit by “{by}”, which not every candidate has.",
        "{group}组按“{by}”限额，但不是每个候选都有这一项。",
    ),
    "roll_hash": ("Rules and entry name different hashes of the roll.", "规则和首条里的名册摘要不同。"),
    "keys_alike": (
        "Server and observers need signing keys of their own, each another.",
        "服务器和每位监票人要各用自己的签名密钥。",
    ),
    "sealing_key": ("The key to seal with is no point of P-256.", "封票用的公钥不是P-256曲线上的点。"),
    # why a ballot is void
    "unknown_group": ("It names a group that is not there.", "选了没有的组。"),
    "unknown_candidate": ("It names a candidate who is not there.", "选了没有的候选。"),
    "twice": ("It names a candidate twice.", "同一个候选选了两次。"),
    "too_few": ("Too few are chosen.", "选少了。"),
    "too_many": ("Too many are chosen.", "选多了。"),
    "withdrawn_candidate": ("A candidate chosen has withdrawn. Choose another.", "选中的候选已经退出，请另选。"),
    "malformed": ("It is not a ballot.", "不是选票的格式。"),
    "other_poll": ("It is a ballot of another poll, or under other rules.", "是另一次投票或另一套规则的选票。"),
    "cannot_open": (
        "It cannot be opened: it was changed, or sealed for another key or poll.",
        "打不开：被改过，或者是封给别的密钥、别的投票的。",
    ),
    # log
    "record": ("A record of kind {kind} is not known.", "不认识的记录种类：{kind}。"),
    "frontier": ("This is not the edge of a tree.", "这不是日志树的边。"),
    "inclusion": ("The proof does not lead from the leaf to the head.", "从这一条算不到日志头。"),
    "consistency": ("The later log does not go on from the earlier one.", "后来的日志不是从先前的日志接下去的。"),
    "head_signature": (
        "The head over {size} records is not signed by the server of this poll.",
        "{size}条处的日志头不是本次投票服务器签的名。",
    ),
    "receipt_poll": ("This receipt is of another poll.", "这是另一次投票的回执。"),
    "receipt_text": (
        "This is not a receipt. Copy the whole line, from VERIVOTE1 on.",
        "这不是回执。请从VERIVOTE1开始复制整行。",
    ),
}
