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
    # files
    "no_file": ("{name} cannot be opened: {why}.", "打不开{name}：{why}。"),
    "file_there": ("{name} is there already. Nothing was written.", "{name}已经有了，什么也没有写。"),
    "archive_form": (
        "It is cut short, or was packed by another program. Fetch it again.",
        "文件不完整，或者被别的程序重新打过包。请重新下载。",
    ),
    "archive_large": ("{name} is larger than the {most} bytes it may have.", "{name}超过了{most}个字节的上限。"),
    "archive_damaged": ("{name} was damaged on the way. Fetch it again.", "{name}在传送中损坏了。请重新下载。"),
    "line_long": ("{name} has a line of more than {most} bytes.", "{name}有一行超过{most}个字节。"),
    "line_open": ("The last line of {name} is cut short.", "{name}的最后一行不完整。"),
    "leaves_cut": ("leaves.bin has to hold whole records of 33 bytes.", "leaves.bin里要是每条33个字节的完整记录。"),
    # holders and observers
    "three_holders": ("The key needs {holders} holders, each another.", "密钥要有{holders}位保管人，各不相同。"),
    "passphrases_alike": ("Each holder needs a passphrase of their own.", "每位保管人要各设自己的口令。"),
    "passphrase_short": (
        "The passphrase of {name} needs at least {least} characters.",
        "{name}的口令至少要{least}个字符。",
    ),
    "passphrase_wrong": (
        "The passphrase of {name} is wrong, or the file was changed.",
        "{name}的口令不对，或者文件被改过。",
    ),
    "other_key": ("This key is not that of the poll.", "这把密钥不是本次投票的。"),
    "envelopes": (
        "The envelopes have to be of {size} bytes, sorted by their hash, each another.",
        "密封选票每张要是{size}个字节，按摘要排序，各不相同。",
    ),
    # checks that hold, and how it is said if they do not
    "format": ("The bundle is whole: {leaves} records.", "公布包完整，{leaves}条记录。"),
    "format_not": ("The bundle cannot be read.", "公布包读不了。"),
    "entry": ("“{title}”, poll {poll}: a poll can be held so.", "“{title}”，投票{poll}，可以这样举行。"),
    "entry_not": ("The first entry is not that of a poll.", "首条不是投票的首条。"),
    "entry_first": (
        "Rules, key and observers are those with which the log begins: {hash}.",
        "规则、公钥、监票人和日志开头的相同：{hash}。",
    ),
    "entry_first_not": ("Rules, key or observers were changed.", "规则、公钥或监票人被改过。"),
    "entry_changed": (
        "Entry 0 is not the one that the first record of the log holds.",
        "首条和日志第0条记录里的摘要不同。",
    ),
    "records": ("Every record is of a kind that is known.", "每条记录的种类都认识。"),
    "records_not": ("There is a record that may not be there.", "有一条不该有的记录。"),
    "record_at": ("Record {index} is of kind {kind}.", "第{index}条的种类是{kind}。"),
    "contents": (
        "{number} contents of records are published, and are those of the log.",
        "公布了{number}条记录的内容，和日志里的相同。",
    ),
    "contents_not": ("What the log says of changes is not what is published.", "公布的变动和日志里的不同。"),
    "content_missing": ("The content of record {index} is missing.", "缺第{index}条的内容。"),
    "content_order": ("The content of record {index} is out of order.", "第{index}条的内容次序不对。"),
    "content_without": (
        "There is a content for record {index}, which has none.",
        "第{index}条没有内容，却公布了一条。",
    ),
    "content_changed": ("The content of record {index} was changed.", "第{index}条的内容被改过。"),
    "closed": (
        "It was closed once, at the minute of the rules: {closes}.",
        "只截止了一次，就在规则定的那一分钟：{closes}。",
    ),
    "closed_not": ("It was not closed as the rules say.", "没有按规则截止。"),
    "closed_times": ("The log closes {number} times.", "日志里截止了{number}次。"),
    "after_closing": ("Record {index} came after closing.", "第{index}条是截止以后加的。"),
    "closing_minute": (
        "It was closed at {closed}, and the rules say {rules}.",
        "截止在{closed}，规则定的是{rules}。",
    ),
    "once": ("{envelopes} envelopes, none twice.", "{envelopes}张密封选票，没有重复的。"),
    "once_not": ("An envelope stands in the log twice.", "有一张密封选票在日志里出现了两次。"),
    "envelope_twice": ("The second time is record {index}.", "第二次是第{index}条。"),
    "heads_signed": (
        "{number} heads, all signed by the server of this poll.",
        "{number}个日志头，都是本次投票的服务器签的名。",
    ),
    "heads_signed_not": (
        "A head is not signed by the server of this poll.",
        "有一个日志头不是本次投票的服务器签的名。",
    ),
    "head_poll": ("The head over {size} records is of another poll.", "{size}条处的日志头是另一次投票的。"),
    "heads_rise": ("The log only grew.", "日志只增不减。"),
    "heads_rise_not": ("The heads do not follow one another.", "日志头前后接不上。"),
    "head_order": (
        "The head over {size} records, of {moment}, is not later and larger than the one before.",
        "{moment}的日志头（{size}条）不在前一个之后，或者比前一个少。",
    ),
    "heads_roots": (
        "Every head was computed again from the records: nothing was changed, left out or put in another order.",
        "每个日志头都从记录重新算过：没有改过、漏掉或调换。",
    ),
    "heads_roots_not": ("The records are not those that the heads were signed for.", "记录不是签日志头时的记录。"),
    "log_shorter": (
        "A head stands over {size} records, and the log has {leaves}: records were left out.",
        "日志头有{size}条，日志只有{leaves}条：少了记录。",
    ),
    "root_differs": (
        "The first {size} records do not lead to the head that was signed for them.",
        "前{size}条算出来的，和签过名的日志头不同。",
    ),
    "heads_hourly": ("While it was open, a head was published each hour.", "投票期间每小时都公布了日志头。"),
    "heads_hourly_not": ("For more than an hour no head was published.", "有一个多小时没有公布日志头。"),
    "heads_gap": ("There is none between {before} and {after}.", "从{before}到{after}没有。"),
    "final_head": (
        "The final head of {moment} stands over all {size} records: {root}.",
        "{moment}的最终日志头包含全部{size}条：{root}。",
    ),
    "final_head_not": ("There is no final head over the whole log.", "没有包含全部日志的最终日志头。"),
    "head_not_final": (
        "The last head stands over {size} of {leaves} records.",
        "最后一个日志头只到第{size}条，日志有{leaves}条。",
    ),
    "head_early": ("The last head is of {moment}, before closing.", "最后一个日志头是{moment}的，在截止以前。"),
    "no_heads": ("There is no head.", "没有日志头。"),
    "elsewhere": (
        "{number} heads from elsewhere are signed by the server of this poll.",
        "另外得到的{number}个日志头，是本次投票的服务器签的名。",
    ),
    "elsewhere_not": ("A head from elsewhere is not of this poll.", "另外得到的日志头不是本次投票的。"),
    "fork": ("{number} heads from elsewhere are of this very log.", "另外得到的{number}个日志头，就是这份日志的。"),
    "fork_not": (
        "The log was forked: the server signed two logs that do not agree. Keep both: together they prove it.",
        "日志分叉了：服务器给两份不同的日志签了名。请把两份都留好，合在一起就是证据。",
    ),
    "result": ("The result has every number that has to be published.", "结果里该公布的数字都有。"),
    "result_not": ("The result cannot be read.", "结果读不了。"),
    "numbers": (
        "{envelopes} envelopes = {counted} counted + {void} void + {superseded} cast again + {set_aside} set aside.",
        "密封选票{envelopes}张＝计入{counted}张＋作废{void}张＋改投前的{superseded}张＋搁置{set_aside}张。",
    ),
    "numbers_not": (
        "The numbers do not add up to the envelopes of the log.",
        "各项数字加起来，不等于日志里的密封选票。",
    ),
    "envelopes_differ": ("The log has {log}, and the result tells of {told}.", "日志里有{log}张，结果里说{told}张。"),
    "tallies": ("The votes fit {counted} ballots.", "票数和{counted}张选票相符。"),
    "tallies_not": ("The votes cannot be those of the ballots counted.", "票数不可能出自计入的选票。"),
    "tallies_candidates": ("They are not of the candidates of the rules.", "和规则里的候选对不上。"),
    "tallies_sum": ("Group {group} has {votes} votes of {counted} ballots.", "{group}组{counted}张选票有{votes}票。"),
    "tallies_withdrawn": (
        "Somebody in group {group} has votes and has withdrawn.",
        "{group}组里有人退出了，却还有票。",
    ),
    "channels": ("{cast} people cast, by channels of the rules.", "{cast}人投了票，都是规则里的渠道。"),
    "channels_not": ("The numbers by channel do not hold.", "按渠道的数字对不上。"),
    "channel_unknown": ("There is a channel that the rules do not have.", "有规则里没有的渠道。"),
    "channels_sum": ("They add up to {sum}, and {cast} cast.", "加起来是{sum}，投票的是{cast}。"),
    "turnout": (
        "Of {roll} on the roll {cast} cast, told for {units} units of at least 20.",
        "名册{roll}人，投了{cast}人，按{units}个20人以上的单位公布。",
    ),
    "turnout_not": ("The turnout does not hold.", "投票人数对不上。"),
    "turnout_twice": ("A unit stands there twice.", "有一个单位出现了两次。"),
    "turnout_row": (
        "{unit}: {cast} of {roll}. Only units of at least 20 are told, and nobody casts who is not on the roll.",
        "{unit}：{roll}人投了{cast}人。只公布20人以上的单位，名册以外没有人投票。",
    ),
    "turnout_sums": (
        "The units add up to {roll} on the roll and {cast} who cast; roll and log have {voters}, the result {told}.",
        "各单位加起来名册{roll}人、投了{cast}人；名册和日志是{voters}人，结果是{told}人。",
    ),
    "roll_changes": (
        "Changes of the roll are published by unit and day: {added} added, {removed} removed.",
        "名册的改动按单位和日期公布：补{added}人，去{removed}人。",
    ),
    "roll_changes_not": (
        "The changes of the roll are not published as the log has them.",
        "公布的名册改动和日志里的不同。",
    ),
    "roll_changes_differ": (
        "By unit and day they are others than in the log.",
        "按单位和日期加起来，和日志里的不一样。",
    ),
    "steps": (
        "{number} steps of the rules were worked out again, with the same outcome; {undecided} places are undecided.",
        "按规则的{number}步重新算过，结果相同；{undecided}个待定。",
    ),
    "steps_not": ("Worked out by the rules, the outcome is another one.", "按规则重新算，结果不同。"),
    "step_differs": ("It differs in group {group}.", "不同的是{group}组。"),
    "draw_unnamed": ("A draw is told that the rules do not name.", "公布了规则里没有的摇奖。"),
    "signatures": ("{number} observers signed: {names}.", "{number}位监票人签了名：{names}。"),
    "signatures_not": ("The observers have not signed this result.", "监票人没有签过这个结果。"),
    "signature_stranger": ("{name} is not an observer of this poll with this key.", "{name}不是用这把密钥的监票人。"),
    "signature_wrong": ("The signature of {name} is of another log or result.", "{name}签的是另一份日志或结果。"),
    "signatures_few": ("{number} signed, and it takes {least}.", "签了{number}位，要有{least}位。"),
    "receipt": ("Receipt {number} is signed by the server of this poll.", "回执{number}是本次投票的服务器签的名。"),
    "receipt_not": ("The receipt does not hold.", "回执不成立。"),
    "receipt_log": (
        "The log of the receipt, {size} records long, is the beginning of this log.",
        "回执上的日志（{size}条）就是这份日志的开头。",
    ),
    "receipt_log_not": (
        "The receipt is of another log: the server signed two that do not agree. Keep both: together they prove it.",
        "回执是另一份日志的：服务器给两份不同的日志签了名。请把两份都留好，合在一起就是证据。",
    ),
    "receipt_leaf": (
        "The envelope of the receipt stands in this log, at {index}.",
        "回执上的密封选票在这份日志里，第{index}条。",
    ),
    "receipt_leaf_not": ("The envelope of the receipt is not in this log.", "回执上的密封选票不在这份日志里。"),
    "receipt_leaf_differs": ("Record {index} is another one.", "第{index}条是别的记录。"),
    # two bundles
    "same_bytes": ("The two bundles are the same, byte for byte.", "两个公布包一字不差。"),
    "same_bytes_not": ("The two bundles differ.", "两个公布包不同。"),
    "same_entry": ("They are of one poll.", "是同一次投票的。"),
    "same_entry_not": ("They are of two polls, or of one under two rules.", "是两次投票的，或者规则不同。"),
    "same_log": (
        "One log is the beginning of the other, or both are the same: {first} and {second} records.",
        "一份日志是另一份的开头，或者相同：{first}条和{second}条。",
    ),
    "same_log_not": ("The logs part within the first {size} records.", "两份日志在前{size}条里就不同了。"),
    "same_result": ("They tell the same result.", "结果相同。"),
    "same_result_not": ("They tell two results.", "结果不同。"),
    # the command line
    "all_holds": ("All {number} checks hold.", "{number}项都对得上。"),
    "not_all": ("{number} checks do not hold.", "{number}项对不上。"),
    "rests": (
        "What no bundle can show: that the envelopes hold what the tallies say. That rests on the observers.",
        "公布包证明不了的：密封选票里就是公布的票数。这一点靠监票人。",
    ),
    "ask_passphrase": ("Passphrase of {name}: ", "{name}的口令："),
    "ask_again": ("Again: ", "再输一遍："),
    "not_again": ("The two are not the same. Begin anew.", "两遍不一样，请重来。"),
    "key_made": (
        "Written to {folder}: AB.key, AC.key, BC.key for the holders, and public.json for the site.",
        "写到了{folder}：AB.key、AC.key、BC.key交给保管人，public.json交给网站。",
    ),
    "observer_made": ("Written: {name}. For entry 0: {signer}", "写好了{name}。写进首条的公钥：{signer}"),
    "counted": (
        "{envelopes} envelopes opened: {counted} counted, {void} void.",
        "打开{envelopes}张：计入{counted}张，作废{void}张。",
    ),
    "counted_log": (
        "Every envelope counted stands in the log, and their number is right.",
        "计的每一张都在日志里，张数也对。",
    ),
    "envelope_not_logged": ("Envelope {hash} is not in the log.", "密封选票{hash}不在日志里。"),
    "envelopes_missing": (
        "{found} envelopes were counted, and the log and the numbers set apart leave {wanted}.",
        "计了{found}张，日志减去改投和搁置的，应有{wanted}张。",
    ),
}
