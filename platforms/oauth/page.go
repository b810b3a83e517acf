package oauth

import (
	"html/template"
	"net/http"
)

// pageText is what a browser is shown when it comes back.
type pageText struct {
	App, Title, Text, Next, Code, Detail string
}

func donePage(app string) pageText {
	return pageText{App: app, Title: "That worked", Text: "Your answer has reached " + app + ", which is finishing the sign-in now.", Next: "You can close this tab and go back to " + app + "."}
}

func refusedPage(app, code, detail string) pageText {
	p := pageText{App: app, Title: "The sign-in was not finished", Text: "This is what was answered:", Next: "Close this tab and go back to " + app + ", which says what to do.", Code: code, Detail: detail}
	if code == "access_denied" {
		p.Title, p.Text = "Cancelled", "Nothing was granted and nothing was changed."
		p.Next = "Close this tab. To try again, start from " + app + "."
	}
	return p
}

func strangerPage(app string) pageText {
	return pageText{App: app, Title: "This answer belongs to another sign-in", Text: "It was not used. Perhaps this tab is left over from an earlier attempt.", Next: "Close this tab and use the one that " + app + " opened last, or start again there."}
}

func latePage(app string) pageText {
	return pageText{App: app, Title: "Already answered", Text: "This sign-in was answered a moment ago, in this tab or in another one. The second answer was not used.", Next: "You can close this tab and go back to " + app + "."}
}

func (r *Receiver) page(w http.ResponseWriter, status int, p pageText) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Connection", "close")
	w.WriteHeader(status)
	_ = pageTemplate().Execute(w, p)
}

func pageTemplate() *template.Template {
	return template.Must(template.New("page").Parse(pageHTML))
}

const pageHTML = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{{.Title}} - {{.App}}</title>
<style>
:root { --ground: #f4f5f7; --card: #fff; --ink: #1c2230; --soft: #5b6475; --line: #dfe2e8; }
@media (prefers-color-scheme: dark) { :root { --ground: #14171d; --card: #1d2129; --ink: #e8eaef; --soft: #a3abba; --line: #313743; } }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 30rem; margin: 1rem; padding: 2rem; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
h1 { margin: 0 0 .5rem; font-size: 1.35rem; }
p { margin: .5rem 0; }
.soft { color: var(--soft); }
code { display: block; margin: .75rem 0; padding: .6rem .8rem; border: 1px solid var(--line); border-radius: 8px; overflow-wrap: anywhere; font-size: .85rem; }
</style>
<main>
<h1>{{.Title}}</h1>
<p>{{.Text}}</p>
{{if .Code}}<code>{{.Code}}{{if .Detail}}: {{.Detail}}{{end}}</code>{{end}}
<p class="soft">{{.Next}}</p>
</main>
</html>
`
