package sandbox

import (
	"bytes"
	"html/template"
	"net/http"
)

// pages are the HTML pages of the tenant: plain forms, no script.
func pages() *template.Template { return template.Must(template.New("").Parse(pagesHTML)) }

// showPage renders a page; nothing in it may be framed, cached or scripted.
func showPage(w http.ResponseWriter, status int, name string, data any) {
	var b bytes.Buffer
	if err := pages().ExecuteTemplate(&b, name, data); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=UTF-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // the browser may be gone
}

const pagesHTML = `
{{define "head"}}<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{.}}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:3rem auto;padding:0 1rem;color:#1f1f1f;background:#fff}
label{display:block;margin:1rem 0 .25rem}input[type=text],textarea{width:100%;padding:.5rem;font:inherit;box-sizing:border-box}
button{font:inherit;padding:.5rem 1.5rem;margin:1.5rem .5rem 0 0}.problem{color:#b3261e}li{overflow-wrap:anywhere}small{color:#5f6368}</style></head><body>{{end}}

{{define "consent"}}{{template "head" "Sign in - Google Accounts (sandbox)"}}
<h1>{{.App}} wants access to your Google Account</h1>
{{if .Problem}}<p class="problem" role="alert">{{.Problem}}</p>{{end}}
<form method="post">
<input type="hidden" name="request" value="{{.Request}}">
<label for="address">Email address</label>
<input type="text" id="address" name="address" value="{{.Address}}" autocomplete="username" required>
<p>This will allow {{.App}} to:</p>
<ul>{{range .Scopes}}<li><code>{{.}}</code></li>{{end}}</ul>
<button type="submit" name="action" value="accept">Accept</button>
<button type="submit" name="action" value="cancel" formnovalidate>Cancel</button>
</form><p><small>An emulated tenant: no password is needed and nothing reaches Google.</small></p></body></html>{{end}}

{{define "error"}}{{template "head" "Error - Google Accounts (sandbox)"}}
<h1>Access blocked: authorization error</h1>
<p>{{.Text}}</p><p>Error {{.Status}}: {{.Code}}</p></body></html>{{end}}

{{define "delegation"}}{{template "head" "Domain-wide delegation - Admin Console (sandbox)"}}
<h1>Add a new client ID</h1>
{{if .Problem}}<p class="problem" role="alert">{{.Problem}}</p>{{end}}
<form method="post">
<input type="hidden" name="form" value="{{.Form}}">
<label for="address">Administrator</label>
<input type="text" id="address" name="address" value="{{.Address}}" autocomplete="username" required>
<label for="client">Client ID</label>
<input type="text" id="client" name="clientId" value="{{.Client}}" required>
<label for="scopes">OAuth scopes (comma-delimited)</label>
<textarea id="scopes" name="scopes" rows="10" required>{{.Scopes}}</textarea>
<label><input type="checkbox" name="overwrite" value="true"{{if .Overwrite}} checked{{end}}> Overwrite existing client ID</label>
<button type="submit" name="action" value="authorize" title="Authorize">Accept</button>
<button type="submit" name="action" value="cancel" formnovalidate>Cancel</button>
</form></body></html>{{end}}

{{define "delegated"}}{{template "head" "Domain-wide delegation - Admin Console (sandbox)"}}
<h1>API clients</h1>
{{if .Done}}<p role="status">{{.Done}}</p>{{end}}
<table><thead><tr><th>Client ID</th><th>Scopes</th></tr></thead><tbody>
{{range .Clients}}<tr><td>{{.ID}}</td><td><ul>{{range .Scopes}}<li><code>{{.}}</code></li>{{end}}</ul></td></tr>{{end}}
</tbody></table></body></html>{{end}}

{{define "404"}}<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Error 404 (Not Found)!!1</title></head>
<body><p><b>404.</b> <ins>That’s an error.</ins></p>
<p>The requested URL <code>{{.}}</code> was not found on this server.  <ins>That’s all we know.</ins></p></body></html>{{end}}
`
