package sandbox

import (
	"bytes"
	"html/template"
	"net/http"
)

// The pages of the emulated sign-in: plain HTML forms that a person, a script
// or a text browser can use. The accepting button comes first.
const (
	pageHead = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}}</title>
<style>
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:30rem;margin:3rem auto;padding:0 1rem}
input[type=text]{width:100%;box-sizing:border-box;font:inherit;padding:.5rem;margin:.25rem 0 1rem}
button{font:inherit;padding:.5rem 1.5rem;margin-right:.5rem}
.error{border-left:4px solid #c50f1f;padding-left:.75rem}
.sandbox{color:#767676;font-size:.875rem}
</style></head><body><p class="sandbox">Emulated tenant {{.Org}}</p>
`
	pageFoot = `</body></html>
`

	signInText = pageHead + `<h1>Sign in</h1>
<p>to continue to <strong>{{.App}}</strong></p>
{{if .Error}}<p class="error" role="alert">{{.Error}}</p>{{end}}
<form method="post" action="{{.Action}}">
<input type="hidden" name="ctx" value="{{.Ctx}}">
<label for="address">Email address or user principal name</label>
<input type="text" id="address" name="address" value="{{.Address}}" autocomplete="username" autofocus>
<button type="submit" name="accept" value="signin">Accept</button>
<button type="submit" name="cancel" value="1">Cancel</button>
</form>
` + pageFoot

	consentText = pageHead + `<h1>Permissions requested</h1>
<p><strong>{{.App}}</strong> asks {{if .ForAll}}for your organisation, {{.Org}},{{else}}on your behalf, {{.Who}},{{end}} for:</p>
<ul>{{range .Scopes}}<li>{{.}}</li>{{end}}</ul>
{{if .Roles}}<p>and for itself, without a signed-in user:</p><ul>{{range .Roles}}<li>{{.}}</li>{{end}}</ul>{{end}}
<form method="post" action="{{.Action}}">
<input type="hidden" name="ctx" value="{{.Ctx}}">
{{if .Offer}}<p><label><input type="checkbox" name="tenant_wide" value="1"> Consent on behalf of your organization</label></p>{{end}}
<button type="submit" name="accept" value="consent">Accept</button>
<button type="submit" name="cancel" value="1">Cancel</button>
</form>
` + pageFoot

	approvalText = pageHead + `<h1>Need admin approval</h1>
<p><strong>{{.App}}</strong></p>
<p class="error" role="alert">{{.Error}}</p>
<form method="post" action="{{.Action}}">
<input type="hidden" name="ctx" value="{{.Ctx}}">
<button type="submit" name="cancel" value="1">Return to the application without granting consent</button>
</form>
` + pageFoot

	failureText = pageHead + `<h1>Sign in</h1>
<p class="error" role="alert">Sorry, but we’re having trouble signing you in.</p>
<p>{{.Text}}</p>
<dl><dt>Request Id</dt><dd>{{.Trace}}</dd><dt>Correlation Id</dt><dd>{{.Correlation}}</dd><dt>Timestamp</dt><dd>{{.Time}}</dd></dl>
` + pageFoot

	deviceText = pageHead + `<h1>Enter code</h1>
<p>to allow access</p>
{{if .Error}}<p class="error" role="alert">{{.Error}}</p>{{end}}
<form method="post" action="{{.Action}}">
<label for="otc">Code</label>
<input type="text" id="otc" name="otc" value="{{.Address}}" autofocus>
<button type="submit" name="accept" value="next">Next</button>
</form>
` + pageFoot

	credentialsText = pageHead + `<h1>{{.App}} | Certificates &amp; secrets</h1>
<p>Application (client) ID: <code>{{.ID}}</code></p>
{{if .Done}}<p role="status">{{.Done}}</p>{{end}}
{{if .Error}}<p class="error" role="alert">{{.Error}}</p>{{end}}
<table><caption>Certificates ({{len .List}})</caption><thead><tr><th>Thumbprint</th><th>Start date</th><th>Expires</th><th>Certificate ID</th></tr></thead>
<tbody>{{range .List}}<tr><td>{{.Thumbprint}}</td><td>{{.From}}</td><td>{{.To}}</td><td>{{.ID}}</td></tr>{{end}}</tbody></table>
<form method="post" action="/">
<label for="address">Signed in as</label>
<input type="text" id="address" name="address" value="{{.Address}}" autocomplete="username">
<label for="certificate">Certificate (.cer, .pem, .crt), as text</label>
<textarea id="certificate" name="certificate" rows="8" cols="60"></textarea>
<button type="submit" name="accept" value="upload">Upload certificate</button>
</form>
<h2>Manifest</h2>
<p>API permissions: {{.Permissions}}</p>
<form method="post" action="/">
<input type="hidden" name="address" value="{{.Address}}">
<label for="manifest">Manifest (Microsoft Graph app manifest)</label>
<textarea id="manifest" name="manifest" rows="8" cols="60"></textarea>
<button type="submit" name="accept" value="manifest">Save manifest</button>
</form>
` + pageFoot

	nativeText = pageHead + `<h1>Done</h1>
{{if .Error}}<p class="error" role="alert">{{.Error}}</p>{{end}}
<p>You may close this page.</p>
` + pageFoot

	postText = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Working…</title></head>
<body onload="document.forms[0].submit()"><form method="post" action="{{.Action}}">
{{range $k, $list := .Values}}{{range $list}}<input type="hidden" name="{{$k}}" value="{{.}}">
{{end}}{{end}}<button type="submit" name="accept" value="1">Accept</button></form></body></html>
`
)

// page names one of the texts above.
type page string

const (
	signInPage      page = signInText
	consentPage     page = consentText
	approvalPage    page = approvalText
	failurePage     page = failureText
	devicePage      page = deviceText
	nativePage      page = nativeText
	credentialsPage page = credentialsText
	postPage        page = postText
)

func writePage(w http.ResponseWriter, status int, p page, data map[string]any) {
	for k, v := range map[string]any{"Title": "Sign in to your account", "Org": ""} {
		if _, set := data[k]; !set {
			data[k] = v
		}
	}
	var b bytes.Buffer
	t, err := template.New("page").Parse(string(p))
	if err == nil {
		err = t.Execute(&b, data)
	}
	if err != nil {
		http.Error(w, "the page could not be made: "+err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store, no-cache")
	h.Set("Content-Security-Policy", p.policy())
	h.Set("X-Frame-Options", "DENY")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // the client went away; nobody is left to tell
}

// policy keeps everything but the page itself out; only the page that posts its
// answer by itself runs a line of script.
func (p page) policy() string {
	policy := "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
	if p == postPage {
		policy += "; script-src 'unsafe-inline'"
	}
	return policy
}
