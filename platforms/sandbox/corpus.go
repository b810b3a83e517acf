package sandbox

import "strings"

// Conversation is workplace talk on one subject in one language: what starts
// the thread, then what is answered in it.
type Conversation struct {
	Lang  string // BCP 47 language
	Lines []Line
}

// Line is what one person says. "{who}" stands for a mention of a colleague.
type Line struct {
	Say string
	// Fix is what the author makes of it later; "" where there is nothing to mend.
	Fix string
}

// Conversations lists everything the people of a World know to talk about, in a
// fixed order.
func Conversations() []Conversation {
	var all []Conversation
	for _, list := range [][]Conversation{englishTalk, europeanTalk, cyrillicGreekTalk, rightToLeftTalk, eastAsianTalk, southAsianTalk, otherScriptsTalk} {
		all = append(all, list...)
	}
	return all
}

// body turns a line into a message; lines of the text become line breaks.
func (l Line) body(text string, who Run) Body {
	before, after, mentions := strings.Cut(text, "{who}")
	if !mentions {
		return Text(text)
	}
	var runs []Run
	if before != "" {
		runs = append(runs, Run{Text: before})
	}
	runs = append(runs, who)
	if after != "" {
		runs = append(runs, Run{Text: after})
	}
	return Body{{Kind: "p", Runs: runs}}
}

// answers are what people say in a thread when nothing better comes to mind.
var answers = map[string][]string{
	"en": {"Thanks, on it.", "Works for me 👍", "Can we talk about this after the stand-up?", "{who} knows more about this than I do.", "Done, please check.", "Agreed. I'll write it down."},
	"de": {"Passt für mich.", "Ich kümmere mich heute noch darum.", "Danke, {who}!", "Können wir das später klären?"},
	"fr": {"C’est noté, merci !", "Je m’en occupe cet après-midi.", "D’accord avec {who}."},
	"es": {"¡Perfecto, gracias!", "Lo miro ahora mismo.", "¿Lo vemos mañana, {who}?"},
	"ru": {"Хорошо, сделаю.", "Спасибо, {who}!", "Давайте обсудим завтра."},
	"uk": {"Дякую, {who}!", "Зроблю до вечора."},
	"el": {"Ευχαριστώ!", "Το κοιτάζω τώρα."},
	"ar": {"شكرًا جزيلًا.", "سأراجعه اليوم."},
	"he": {"תודה!", "אבדוק את זה עוד היום."},
	"zh": {"好的，收到。", "谢谢，我来处理。"},
	"ja": {"承知しました。", "ありがとうございます！", "確認します。"},
	"ko": {"네, 확인했습니다.", "감사합니다!"},
	"hi": {"ठीक है, धन्यवाद।", "मैं आज देख लूँगा।"},
	"th": {"รับทราบครับ", "ขอบคุณค่ะ"},
}

// afterthoughts are added to a message when its author edits it.
var afterthoughts = []string{
	" (edited: it's 15:30, not 15:00)", " EDIT: see the second sheet.", " — sorry, I meant Thursday.", " PS: done ✅",
	" *typo", " [Update: 17 → 18]", " (Nachtrag: erledigt)", " (追記：完了しました)", " (تصحيح: غدًا)", " (правка: уже не нужно)",
}

// misplaced are messages that their authors take back; the number of six digits
// marks them and tells them apart.
var misplaced = []string{
	"Please ignore this, wrong channel. Ref %d",
	"Sorry, that was meant for somebody else. Ref %d",
	"Falscher Kanal, bitte ignorieren. Ref %d",
	"Mauvais salon, désolé ! Ref %d",
	"Не сюда, извините. Ref %d",
	"すみません、誤爆です。 Ref %d",
	"发错群了，抱歉。 Ref %d",
	"أرسلتها بالخطأ، عذرًا. Ref %d",
}
