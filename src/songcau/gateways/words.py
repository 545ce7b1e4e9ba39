"""Every fault in words: code → (English, Vietnamese), with %(parameters)s.

Both languages stand here and not in Django's catalogues: a gateway runs without Django, also on a machine of its own.
"""

Sentence = tuple[str, str]

_MAPPING: dict[str, Sentence] = {
    "MAPPING_UNREADABLE": (
        "%(file)s: cannot be read (%(why)s)",
        "%(file)s: không đọc được (%(why)s)",
    ),
    "MAPPING_MALFORMED": (
        "%(file)s: is not %(form)s: %(why)s",
        "%(file)s: không phải là %(form)s: %(why)s",
    ),
    "MEMBER_MISSING": ("%(where)s is missing", "thiếu %(where)s"),
    "MEMBER_UNKNOWN": (
        "%(where)s: there is no such member; there are %(known)s",
        "%(where)s: không có mục này; có các mục %(known)s",
    ),
    "MEMBER_NOT_TEXT": ("%(where)s must be text", "%(where)s phải là chữ"),
    "MEMBER_NOT_NUMBER": ("%(where)s must be a number", "%(where)s phải là số"),
    "MEMBER_NOT_WHOLE": (
        "%(where)s must be a whole number from %(least)s to %(most)s",
        "%(where)s phải là số nguyên từ %(least)s đến %(most)s",
    ),
    "MEMBER_NOT_FLAG": ("%(where)s must be true or false", "%(where)s phải là true hoặc false"),
    "MEMBER_NOT_TABLE": ("%(where)s must be a table of members", "%(where)s phải là một bảng gồm các mục"),
    "MEMBER_NOT_TABLES": (
        "%(where)s must be a list of tables ([[%(where)s]])",
        "%(where)s phải là danh sách các bảng ([[%(where)s]])",
    ),
    "MEMBER_NOT_TEXTS": ("%(where)s must be a list of texts", "%(where)s phải là danh sách các chuỗi chữ"),
    "MEMBER_NOT_OF": ("%(where)s must be one of %(choices)s", "%(where)s phải là một trong các giá trị %(choices)s"),
    "MEMBERS_EXCLUDE": (
        "%(where)s: %(first)s and %(second)s cannot stand together",
        "%(where)s: %(first)s và %(second)s không thể cùng có mặt",
    ),
    "RECEIVER_MALFORMED": (
        "%(where)s: %(address)s must be https://host or https://host:port, without a path",
        "%(where)s: %(address)s phải có dạng https://máy-chủ hoặc https://máy-chủ:cổng, không kèm đường dẫn",
    ),
    "FEED_CODE": (
        "%(where)s: %(feed)s must be a small letter, then small letters, digits, - and _",
        "%(where)s: %(feed)s phải bắt đầu bằng chữ thường không dấu, rồi đến chữ thường, chữ số, - và _",
    ),
    "FEED_TWICE": ("%(where)s: the feed %(feed)s is there twice", "%(where)s: nguồn %(feed)s có hai lần"),
    "NOTHING_MAPPED": (
        "the mapping maps nothing: it needs at least one table under %(names)s",
        "tệp ánh xạ không ánh xạ gì: cần ít nhất một bảng %(names)s",
    ),
    "TOPIC_MALFORMED": (
        "%(where)s: %(topic)s is no topic: levels between slashes, each a word, {name} or +; # only as the last",
        "%(where)s: %(topic)s không phải là chủ đề: các cấp cách nhau bằng /, là từ, {tên} hoặc +; # chỉ ở cuối",
    ),
    "TOPIC_TWICE": (
        "%(where)s: the topic %(topic)s stands in the mapping already",
        "%(where)s: chủ đề %(topic)s đã có trong tệp ánh xạ",
    ),
    "TEMPLATE_MALFORMED": (
        "%(where)s: in %(template)s a brace is not closed, or nothing stands in it",
        "%(where)s: trong %(template)s có dấu ngoặc nhọn chưa đóng hoặc để trống",
    ),
    "TEMPLATE_NAME_UNKNOWN": (
        "%(where)s: the topic has no level {%(name)s} (it has %(known)s); what stands in the payload is {$.%(name)s}",
        "%(where)s: chủ đề không có cấp {%(name)s} (chỉ có %(known)s); thành phần của dữ liệu là {$.%(name)s}",
    ),
    "ID_NO_URI": (
        "%(where)s: %(template)s must begin as a URI does, such as urn:ngsi-ld:Device:{name}",
        "%(where)s: %(template)s phải bắt đầu như một URI, ví dụ urn:ngsi-ld:Device:{tên}",
    ),
    "PATH_MALFORMED": (
        "%(where)s: %(path)s is no path such as a.b[0] or $.a.b",
        "%(where)s: %(path)s không phải là đường dẫn như a.b[0] hoặc $.a.b",
    ),
    "NAME_MALFORMED": (
        "%(where)s: %(name)s is no name: a letter, then letters, digits and underscores",
        "%(where)s: %(name)s không phải là tên: bắt đầu bằng chữ cái, sau đó là chữ cái, chữ số và dấu gạch dưới",
    ),
    "ZONE_UNKNOWN": (
        "%(where)s: %(zone)s is no time zone such as Asia/Ho_Chi_Minh",
        "%(where)s: %(zone)s không phải là múi giờ như Asia/Ho_Chi_Minh",
    ),
    "ZONE_NEEDED": (
        "%(where)s: local times need a zone, such as Asia/Ho_Chi_Minh",
        "%(where)s: giờ địa phương cần có múi giờ (zone), ví dụ Asia/Ho_Chi_Minh",
    ),
    "ADDRESS_MALFORMED": (
        "%(where)s: %(address)s is no address such as mqtt://host:1883 or mqtts://host:8883",
        "%(where)s: %(address)s không phải là địa chỉ như mqtt://máy-chủ:1883 hoặc mqtts://máy-chủ:8883",
    ),
    "FILE_UNUSABLE": ("%(where)s: %(file)s cannot be used: %(why)s", "%(where)s: không dùng được %(file)s: %(why)s"),
    "SECRET_IN_THE_CLEAR": (
        "%(where)s: a password would be sent in the clear; use mqtts:// or set allow_clear_password = true",
        "%(where)s: mật khẩu sẽ được gửi không mã hóa; hãy dùng mqtts:// hoặc đặt allow_clear_password = true",
    ),
    "ONE_VALUE": (
        "%(where)s: a payload of %(payload)s holds one value: give one attribute",
        "%(where)s: dữ liệu kiểu %(payload)s chỉ có một giá trị: hãy khai báo một thuộc tính",
    ),
}

_MESSAGES: dict[str, Sentence] = {
    "TOPIC_UNKNOWN": ("no rule of the mapping is for this topic", "tệp ánh xạ không có quy tắc cho chủ đề này"),
    "EMPTY": ("the message is empty", "thông điệp rỗng"),
    "TOO_LARGE": (
        "the message has %(size)s bytes, at most %(most)s are taken",
        "thông điệp có %(size)s byte, tối đa nhận %(most)s byte",
    ),
    "NOT_UTF8": ("is not text in UTF-8", "không phải là văn bản UTF-8"),
    "NOT_JSON": ("is not JSON: %(why)s", "không phải là JSON: %(why)s"),
    "NO_MEMBER": ("there is no %(path)s", "không có %(path)s"),
    "NOT_A_LIST": ("%(path)s is not a list of readings", "%(path)s không phải là danh sách số đo"),
    "TOO_MANY": (
        "%(path)s holds %(count)s readings, at most %(most)s are taken",
        "%(path)s có %(count)s số đo, tối đa nhận %(most)s",
    ),
    "NOT_A_NUMBER": ("%(path)s is not a number: %(value)s", "%(path)s không phải là số: %(value)s"),
    "NOT_TEXT": ("%(path)s is not text: %(value)s", "%(path)s không phải là chữ: %(value)s"),
    "NOT_A_FLAG": ("%(path)s is neither true nor false: %(value)s", "%(path)s không phải đúng/sai: %(value)s"),
    "NOT_LISTED": (
        "%(path)s is %(value)s, for which the mapping has no value",
        "%(path)s là %(value)s, tệp ánh xạ không có giá trị tương ứng",
    ),
    "PART_UNUSABLE": (
        "%(path)s is no part of an id: %(value)s",
        "%(path)s không dùng làm một phần của mã định danh được: %(value)s",
    ),
    "NOTHING_IN_IT": ("none of the attributes of the mapping is in it", "không có thuộc tính nào của tệp ánh xạ"),
    "TIME_UNREADABLE": (
        "%(path)s is no time of the form %(form)s: %(value)s",
        "%(path)s không phải là thời gian dạng %(form)s: %(value)s",
    ),
    "TIME_WITHOUT_ZONE": (
        '%(path)s has no zone: %(value)s; set form = "local" and a zone if it is local time',
        '%(path)s không có múi giờ: %(value)s; nếu là giờ địa phương, hãy đặt form = "local" và zone',
    ),
    "TIME_IMPLAUSIBLE": (
        "%(path)s lies in the year %(year)s: a wrong clock, or seconds and milliseconds exchanged",
        "%(path)s rơi vào năm %(year)s: đồng hồ sai, hoặc nhầm giây với mili giây",
    ),
    "TIME_NOT_ON_CLOCK": (
        "%(path)s: %(value)s is skipped by the clocks of %(zone)s",
        "%(path)s: %(value)s không tồn tại theo giờ %(zone)s",
    ),
    "TIME_TWICE_ON_CLOCK": (
        "%(path)s: %(value)s stands twice on the clocks of %(zone)s",
        "%(path)s: %(value)s xuất hiện hai lần theo giờ %(zone)s",
    ),
    "TIME_OF_EXCEL": (
        "%(path)s is a day number of a spreadsheet: %(value)s; write dates out, such as 2026-11-28 13:00",
        "%(path)s là số ngày của bảng tính: %(value)s; hãy ghi ngày đầy đủ, ví dụ 2026-11-28 13:00",
    ),
    "TIME_DAY_OR_MONTH": (
        "%(path)s: in %(value)s day and month can be exchanged; say the order with form, such as %%d/%%m/%%Y %%H:%%M",
        "%(path)s: %(value)s có thể nhầm ngày với tháng; hãy khai báo thứ tự bằng form, ví dụ %%d/%%m/%%Y %%H:%%M",
    ),
    "PLACE_OUTSIDE": (
        "longitude %(longitude)s, latitude %(latitude)s is no place on Earth",
        "kinh độ %(longitude)s, vĩ độ %(latitude)s không phải là vị trí trên Trái Đất",
    ),
    "NOT_GEOJSON": ("%(path)s is no GeoJSON geometry", "%(path)s không phải là hình học GeoJSON"),
    "STATE_UNKNOWN": (
        "the state %(value)s is neither among online nor among offline",
        "trạng thái %(value)s không thuộc online cũng không thuộc offline",
    ),
    "BROKER_REFUSED": ("the context broker refuses it: %(detail)s", "bộ phận ngữ cảnh từ chối: %(detail)s"),
    "SPILT": (
        "messages of QoS 0 came faster than they could be kept; so many were lost: %(count)s",
        "thông điệp QoS 0 đến nhanh hơn khả năng lưu giữ; số thông điệp bị mất: %(count)s",
    ),
}

_FILES: dict[str, Sentence] = {
    "FILE_UNREADABLE": ("%(file)s: cannot be read (%(why)s)", "%(file)s: không đọc được (%(why)s)"),
    "FILE_NOT_TEXT": (
        "%(file)s: is a spreadsheet or another binary file; save it as CSV in UTF-8",
        "%(file)s: là bảng tính hoặc tệp nhị phân; hãy lưu thành CSV mã hóa UTF-8",
    ),
    "FILE_NOT_ENCODED": (
        "from here on the bytes are not %(encoding)s, and nothing more is read; save the file in UTF-8",
        "từ chỗ này các byte không phải là %(encoding)s nên không đọc tiếp; hãy lưu tệp ở UTF-8",
    ),
    "LINE_NOT_ENCODED": (
        "the line is not %(encoding)s; save the file in UTF-8",
        "dòng không phải là %(encoding)s; hãy lưu tệp ở UTF-8",
    ),
    "FILE_EMPTY": ("%(file)s: holds no line with the names of columns", "%(file)s: không có dòng tên cột"),
    "COLUMN_MISSING": (
        "there is no column %(column)s; there are %(known)s",
        "không có cột %(column)s; có các cột %(known)s",
    ),
    "COLUMN_TWICE": (
        "the column %(column)s stands twice in the head",
        "cột %(column)s xuất hiện hai lần ở dòng tên cột",
    ),
    "COLUMNS_DIFFER": (
        "the line has %(count)s columns, the head has %(expected)s",
        "dòng có %(count)s cột, dòng tên cột có %(expected)s",
    ),
    "LINE_MALFORMED": ("the line cannot be read: %(why)s", "không đọc được dòng: %(why)s"),
    "NOT_AN_OBJECT": ("is not an object with members", "không phải là đối tượng có các thành phần"),
    "NOT_A_LIST_OF_OBJECTS": ("%(file)s: is no list of objects", "%(file)s: không phải là danh sách các đối tượng"),
    "JSON_BROKEN": (
        "from here on it is no JSON, and nothing more is read: %(why)s",
        "từ chỗ này không phải là JSON nên không đọc tiếp: %(why)s",
    ),
}

SENTENCES: dict[str, Sentence] = _MAPPING | _MESSAGES | _FILES
