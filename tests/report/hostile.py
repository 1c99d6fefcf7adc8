"""Texts that Markdown, HTML, a spreadsheet or a terminal would obey if they were not escaped."""

HOSTILE = [
    "a|b", "`code`", "*a* _b_ **c**", "~~gone~~", "[link](http://evil.example)", "![image](x.png)", "<b>bold</b>",
    "<script>alert(1)</script>", "<!-- comment", "--> ]]> </svg></style>", "<http://evil.example>", "http://evil.example",
    "www.evil.example", "&lt;b&gt; &#35;", "- item", "+ item", "1. item", "2) item", "# heading", "> quote", "---", "===",
    "back\\slash", "\\", "a\\|b", "[ref]: http://evil.example", "@someone #12 $x$", "two\n\nparagraphs", "| --- | --- |",
    "\x1b]52;c;Zm9v\x07", "\u202ereversed", "\x9b31m", "\x1b]8;;http://evil.example", "[/red]", "x" * 3_000, "=1+1",
    "배치 크기 64", "step_size_2", "{label} {0} {}", '" onload="alert(1)', "' style='x", "\x00", "    indented", "```",
]  # fmt: skip
