package sandbox

import (
	"fmt"
	"strings"
)

// Hard lists messages that are hard on converters between chat syntaxes, in a
// fixed order: text that looks like markup and is none, styles that touch, and
// everything Unicode offers. who is a colleague to mention.
//
// Within a Body, Mono stands alone, neighbouring lists or quotes never follow
// each other directly, and no paragraph is empty, so that each body has one
// reading only.
func Hard(who Run) []Body {
	var all []Body
	for _, s := range literalTexts {
		all = append(all, Text(s))
	}
	for _, s := range unicodeTexts {
		all = append(all, Text(s))
	}
	all = append(all, styledBodies()...)
	all = append(all, blockBodies()...)
	all = append(all, mentionBodies(who)...)
	return append(all, minutes())
}

// literalTexts look like markup in Chat's syntax, in Markdown or in HTML.
var literalTexts = []string{
	"Please search for *.log and *.tmp, then multiply 3 * 4 * 5.",
	"The field is called *mandatory* in the form, asterisks included.",
	"snake_case_names and __dunder__ names and _this_ stay as typed",
	"about ~5 minutes ~ maybe ~10~, ~~not struck~~",
	"Type `make` without the backticks, or `` two ` of them ``.",
	"Don't write <users/all> in tests; <users/117> is fine? No: neither.",
	"<b>not html</b> and <at id=\"0\">nobody</at> and <br/> <!-- no comment -->",
	"Fish &amp; chips &lt;3 &#x1F600; &nbsp; stay entities & ampersands",
	"[not a link](https://acme.example/nothing) and <https://acme.example|nor this>",
	"# not a heading",
	"1. not a list",
	"42) and not this one",
	"> not a quote, just \"greater than\"",
	"- minus one, - minus two",
	"* starred, but no bullet",
	"+ plus",
	"--- three dashes, *** three stars, ___ three lows",
	"C:\\Users\\new\\table \\*no\\* \\_escape\\_ \\\\server\\share",
	"She said: \"He said: 'They said: “no ‘way’”.'\"",
	"a | b | c\n--- | --- | ---\n1 | 2 | 3",
	"if (a<b && c>d) { return x[i]*y[j]; }",
	"``` looks like a fence, is none",
	"~~~ neither is this",
	"Dear all,\nthis paragraph has\nthree line breaks\ninside.",
	"see https://acme.example/wiki/Foo_(bar)_baz?a=1&b=2#part_(2) and tell me",
	"mail me: first.last+tag@acme.example or call tel:+44-20-7946-0000",
	"https://acme.example/a_b_c/*/x~y~z",
	"@everyone @all @channel @here: not meant for any of you",
	"!important ![alt](x.png) :smile: :not_an_emoji: #hashtag",
	"100% sure, $HOME, ${HOME}, {{template}}, <%= erb %>, %s %d %n",
	"Name (Google Chat): I did not say this",
	"**",
	"_",
	"<",
	".",
	"0",
	"null",
}

// unicodeTexts exercise what a string can hold.
var unicodeTexts = []string{
	"two  spaces,   three   spaces, and a tab\there",
	"👩‍👩‍👧‍👦 family, 🏳️‍🌈 flag, 👍🏽 skin tone, 🇨🇭🇯🇵 flags, 1️⃣ keycap, ❤️ and ❤",
	"שלום John, מספר 42 (כולל מע\"מ) – see page 7!",
	"\u200fמימין לשמאל\u200e left again \u2067معزول\u2069 end",
	"e\u0301 is not é until you normalise; n\u0303andu\u0301 too; Å A\u030a \u212b",
	"Z\u0335\u0321a\u0334\u0322l\u0337\u0323g\u0336\u0330o\u0338\u0331 marks, ก็ ที่ ปู่, हिन्दी क्षत्रिय, நி கௌ",
	"می‌خواهم نیم‌فاصله حفظ شود (zero-width non-joiner)",
	"soft\u00adhyphen, non\u2011breaking hyphen, no\u00a0break\u00a0space, thin\u2009space, word\u2060joiner",
	"𝔐𝔞𝔱𝔥 𝒻𝑜𝓃𝓉𝓈, 𠮷野家, 🜚 and 𐍈 are outside the BMP",
	"ﬁ ligature, ½ fraction, № number, ™ ℠ ©, ① ② ③, Ⅻ, ㎏, ﷽",
	"İstanbul ıssız, ΑΣΣΟΣ ασσος, STRASSE straße, ǅ ǆ",
	"半角カナ ｱｲｳ と全角ＡＢＣ１２３、「括弧」と〜波線",
	"supercalifragilistic" + "expialidocious_without_any_space_in_a_very_long_word_that_no_line_can_hold_" + "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
	"ends with an emoji 🎉",
	"🎉",
	"мир труд май ☮️\nвторая строка",
}

func styledBodies() []Body {
	p := func(runs ...Run) Body { return Body{{Kind: "p", Runs: runs}} }
	return []Body{
		p(Run{Text: "Deadline is "}, Run{Text: "Friday", Bold: true}, Run{Text: ", not "}, Run{Text: "Thursday", Strike: true}, Run{Text: "."}),
		p(Run{Text: "bold", Bold: true}, Run{Text: "italic", Italic: true}, Run{Text: "strike", Strike: true}, Run{Text: "plain"}),
		p(Run{Text: "un"}, Run{Text: "believ", Bold: true}, Run{Text: "able and re"}, Run{Text: "pro", Italic: true}, Run{Text: "ducible"}),
		p(Run{Text: "all "}, Run{Text: "three at once", Bold: true, Italic: true, Strike: true}, Run{Text: " here"}),
		p(Run{Text: "outer ", Bold: true}, Run{Text: "inner", Bold: true, Italic: true}, Run{Text: " outer", Bold: true}),
		p(Run{Text: "Set "}, Run{Text: "retry_max=*", Mono: true}, Run{Text: " and "}, Run{Text: "<timeout>", Mono: true}, Run{Text: " first"}),
		p(Run{Text: "contains ` a backtick", Mono: true}, Run{Text: " in code"}),
		p(Run{Text: "2 * 3 = 6", Bold: true}, Run{Text: " and "}, Run{Text: "a_b_c", Italic: true}, Run{Text: " and "}, Run{Text: "~x~", Strike: true}),
		p(Run{Text: "The "}, Run{Text: "minutes (draft)", Link: "https://acme.example/docs/minutes_(draft)?v=2&lang=en"}, Run{Text: " are out."}),
		p(Run{Text: "bold link", Bold: true, Link: "https://acme.example/a"}, Run{Text: ", "}, Run{Text: "[brackets] | pipe > arrow", Link: "https://acme.example/b"}),
		p(Run{Text: "“"}, Run{Text: "quoted", Italic: true}, Run{Text: "”, ("}, Run{Text: "bracketed", Bold: true}, Run{Text: "); "}, Run{Text: "end", Bold: true}, Run{Text: "!"}),
		p(Run{Text: "первый ", Bold: true}, Run{Text: "второй", Italic: true}, Run{Text: " третий"}),
		p(Run{Text: "重要", Bold: true}, Run{Text: "なお知らせ、"}, Run{Text: "必読", Italic: true}, Run{Text: "です"}),
		p(Run{Text: "هام جدًا", Bold: true}, Run{Text: ": الموعد "}, Run{Text: "غدًا", Strike: true}, Run{Text: " اليوم"}),
		p(Run{Text: "👍", Bold: true}, Run{Text: " "}, Run{Text: "https://acme.example/plain", Mono: true}),
	}
}

func blockBodies() []Body {
	p := func(s string) Block { return Block{Kind: "p", Runs: []Run{{Text: s}}} }
	item := func(runs ...Run) []Run { return runs }
	text := func(s string) []Run { return []Run{{Text: s}} }
	return []Body{
		{p("This is what I get:"), {Kind: "code", Code: "SELECT *\nFROM \"orders\"\nWHERE price > 10 AND name LIKE '%_x%'; -- <b>"}},
		{{Kind: "code", Code: "<!DOCTYPE html>\n<p class=\"x\">&nbsp;</p>\n\n\tindented by a tab\n    and by spaces"}},
		{p("A fence inside of code:"), {Kind: "code", Code: "Use ``` like this:\n``\nnot a fence"}, p("Confusing, isn't it?")},
		{{Kind: "quote", Body: Body{p("We ship on Monday.")}}, p("Really? Which Monday?")},
		{{Kind: "quote", Body: Body{p("First paragraph\nwith a break."), p("> Second, which looks like a quote.")}}, p("I agree with both.")},
		{p("Shopping for the offsite:"), {Kind: "ul", Items: [][]Run{text("coffee"), text("* tea"), item(Run{Text: "oat ", Bold: true}, Run{Text: "milk"}), text("1. sugar")}}},
		{p("Steps:"), {Kind: "ol", Items: [][]Run{text("stop the service"), item(Run{Text: "run "}, Run{Text: "miohub check --json", Mono: true}), item(Run{Text: "read the "}, Run{Text: "manual", Link: "https://acme.example/manual"})}}, p("Then call me.")},
		{p("First paragraph."), p("Second paragraph."), p("Third one, после второго.")},
		{{Kind: "ul", Items: [][]Run{text("مهام اليوم"), text("今日のタスク"), text("задачи на сегодня")}}},
		{{Kind: "quote", Body: Body{p("Wer hat den Schlüssel für Raum 3?")}}, p("Ich. Liegt am Empfang."), {Kind: "code", Code: "room=3\nkey=42"}},
		{p("one"), {Kind: "ul", Items: [][]Run{text("two")}}, p("three")},
	}
}

func mentionBodies(who Run) []Body {
	bold := who
	bold.Bold = true
	return []Body{
		{{Kind: "p", Runs: []Run{who}}},
		{{Kind: "p", Runs: []Run{who, {Text: ": could you have a look at *this*? Thanks!"}}}},
		{{Kind: "p", Runs: []Run{{Text: "("}, who, {Text: "), "}, {Text: "urgent", Bold: true}, {Text: "\nnext line for "}, who}}},
		{{Kind: "p", Runs: []Run{{Text: "Assigned:"}}}, {Kind: "ul", Items: [][]Run{{who, {Text: " – slides"}}, {{Text: "me – the rest"}}}}},
	}
}

// minutes is a message of more than 8 KB: the minutes of a long meeting.
func minutes() Body {
	topics := []string{
		"the warehouse move to Rotterdam", "prices for spare parts", "the audit on 14 March", "holiday cover in support",
		"the accessibility report", "two late suppliers", "the office in Zürich", "certificates that expire in June",
	}
	decisions := []string{
		"agreed as proposed; the minutes of the last meeting (§ 4) are corrected accordingly",
		"postponed until the figures are in, but no later than the second week of the month",
		"accepted with one objection: the budget line 7_310 must not grow by more than 3 %",
		"rejected, since <nobody> could say who would do the work & by when",
	}
	body := Body{{Kind: "p", Runs: []Run{{Text: "Minutes of the quarterly meeting", Bold: true}, {Text: "\nPresent: everybody. Taken down as said, so please read to the end."}}}}
	var items [][]Run
	for i := range 68 {
		line := fmt.Sprintf("%s: %s (item %d, %d minutes).", topics[i%len(topics)], decisions[(i/3)%len(decisions)], i+1, 3+i*7%11)
		items = append(items, []Run{{Text: strings.ToUpper(line[:1]) + line[1:]}})
	}
	return append(body, Block{Kind: "ol", Items: items}, Block{Kind: "p", Runs: []Run{{Text: "Next meeting: the same place, three months from now."}}})
}
