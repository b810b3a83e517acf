package sandbox

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// form is an HTML form with its controls, in document order.
type form struct {
	node    *html.Node
	fields  []*html.Node
	buttons []*html.Node
}

func formsOf(n *html.Node) []*form {
	var forms []*form
	walk(n, func(n *html.Node) {
		if n.Type != html.ElementNode || n.Data != "form" {
			return
		}
		f := &form{node: n}
		walk(n, f.control)
		forms = append(forms, f)
	})
	return forms
}

func (f *form) control(n *html.Node) {
	if n.Type != html.ElementNode || has(n, "disabled") {
		return
	}
	kind := strings.ToLower(attr(n, "type"))
	switch n.Data {
	case "button":
		if kind == "" || kind == "submit" {
			f.buttons = append(f.buttons, n)
		}
	case "input":
		switch kind {
		case "submit", "image":
			f.buttons = append(f.buttons, n)
		case "button", "reset", "file":
		default:
			f.fields = append(f.fields, n)
		}
	case "select", "textarea":
		f.fields = append(f.fields, n)
	}
}

// fill makes the values a browser would send, with the answers typed in.
func (f *form) fill(answers map[string]string) (url.Values, error) {
	values := url.Values{}
	for _, field := range f.fields {
		name := attr(field, "name")
		if name == "" {
			continue
		}
		kind := strings.ToLower(attr(field, "type"))
		answer, answered := answers[name]
		switch {
		case kind == "checkbox" || kind == "radio":
			if has(field, "checked") || answered && answer == valueOf(field) {
				values.Add(name, valueOf(field))
			}
		case kind != "hidden" && answered:
			values.Add(name, answer)
		case kind != "hidden" && has(field, "required") && valueOf(field) == "":
			return nil, fmt.Errorf("the page asks for %q and nobody knows the answer", name)
		default:
			values.Add(name, valueOf(field))
		}
	}
	return values, nil
}

// valueOf is what a field holds before anybody typed.
func valueOf(n *html.Node) string {
	switch n.Data {
	case "textarea":
		return textOf(n)
	case "select":
		var first, chosen *html.Node
		walk(n, func(o *html.Node) {
			if o.Type != html.ElementNode || o.Data != "option" {
				return
			}
			if first == nil {
				first = o
			}
			if has(o, "selected") {
				chosen = o
			}
		})
		if chosen == nil {
			chosen = first
		}
		if chosen == nil {
			return ""
		}
		if !has(chosen, "value") {
			return strings.TrimSpace(textOf(chosen))
		}
		return attr(chosen, "value")
	}
	if kind := strings.ToLower(attr(n, "type")); (kind == "checkbox" || kind == "radio") && !has(n, "value") {
		return "on"
	}
	return attr(n, "value")
}

func (f *form) request(ctx context.Context, at string, values url.Values) (*http.Request, error) {
	base, err := url.Parse(at)
	if err != nil {
		return nil, fmt.Errorf("read the page's address: %w", err)
	}
	target, err := base.Parse(attr(f.node, "action"))
	if err != nil {
		return nil, fmt.Errorf("read the form's address: %w", err)
	}
	if !loopback(target) {
		return nil, fmt.Errorf("the form goes to %s, which is not on this machine", target.Host)
	}
	if !strings.EqualFold(attr(f.node, "method"), http.MethodPost) {
		target.RawQuery = values.Encode()
		return http.NewRequestWithContext(ctx, http.MethodGet, target.String(), http.NoBody)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, target.String(), strings.NewReader(values.Encode()))
	if err != nil {
		return nil, fmt.Errorf("send the form: %w", err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", base.Scheme+"://"+base.Host)
	r.Header.Set("Referer", withoutQuery(at))
	return r, nil
}

func labelOf(button *html.Node) string {
	if button.Data == "input" {
		return strings.TrimSpace(attr(button, "value"))
	}
	return strings.Join(strings.Fields(textOf(button)), " ")
}

func walk(n *html.Node, f func(*html.Node)) {
	f(n)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		walk(c, f)
	}
}

// textOf is the text a reader sees under a node.
func textOf(n *html.Node) string {
	var b strings.Builder
	var read func(*html.Node)
	read = func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
		if n.Type == html.ElementNode && (n.Data == "style" || n.Data == "script") {
			return
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			read(c)
		}
	}
	read(n)
	return b.String()
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}
