package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

const (
	mostPages    = 10
	mostPageSize = 4 << 20
)

// Browser is a person in front of a web browser who signs in and consents: it
// keeps cookies, follows redirects, fills in forms and presses buttons until a
// page asks for nothing more. It leaves this machine for nobody: a redirect to
// another host ends the visit there.
type Browser struct {
	// Answers are typed into the text fields of their name, for example "address".
	Answers map[string]string
	// Press is the label of the button to press, whatever its case, on a page
	// that has it; elsewhere, and with "", it is the first submit button of the
	// page's first form.
	Press string

	jar http.CookieJar
}

// NewBrowser opens a browser without cookies.
func NewBrowser(answers map[string]string) *Browser {
	jar, _ := cookiejar.New(nil) // fails for no options
	return &Browser{Answers: answers, jar: jar}
}

// Open visits the address and answers every form it leads to. It returns the
// address and the content of the page where it ended; for a redirect to another
// machine that is the address it was sent to, unvisited, and the body is empty.
func (b *Browser) Open(ctx context.Context, address string) (finalURL, body string, err error) {
	client := b.client()
	defer client.CloseIdleConnections()
	next, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return "", "", fmt.Errorf("open %q: %w", address, err)
	}
	if !loopback(next.URL) {
		return "", "", fmt.Errorf("open %q: the sandbox's browser visits this machine only", address)
	}
	pressed := b.Press == ""
	for range mostPages {
		at, page, away, err := visit(client, next)
		if err != nil {
			return at, "", err
		}
		if next = nil; !away {
			next, err = b.submit(ctx, at, page, &pressed)
		}
		switch {
		case err != nil:
			return at, page, fmt.Errorf("fill in %s: %w", withoutQuery(at), err)
		case next == nil && !pressed:
			return at, page, fmt.Errorf("no page had a button labelled %q, the last said: %s", b.Press, words(page))
		case next == nil:
			return at, page, nil
		}
	}
	return next.URL.String(), "", fmt.Errorf("still asked to fill in forms after %d pages, the last for %s", mostPages, withoutQuery(next.URL.String()))
}

func (b *Browser) client() *http.Client {
	return &http.Client{
		Jar:       b.jar,
		Transport: &http.Transport{DialContext: (&net.Dialer{}).DialContext},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if !loopback(r.URL) {
				return http.ErrUseLastResponse
			}
			if len(via) >= mostPages {
				return fmt.Errorf("redirected %d times", len(via))
			}
			return nil
		},
	}
}

// visit makes one request and follows it to a page, or until the way leads off
// this machine.
func visit(client *http.Client, r *http.Request) (at, page string, away bool, err error) {
	resp, err := client.Do(r)
	if err != nil {
		return r.URL.String(), "", false, fmt.Errorf("visit %s: %w", withoutQuery(r.URL.String()), plainCause(err))
	}
	defer resp.Body.Close()
	if target, err := resp.Location(); err == nil {
		return target.String(), "", true, nil
	}
	at = resp.Request.URL.String()
	content, err := io.ReadAll(io.LimitReader(resp.Body, mostPageSize))
	if err != nil {
		return at, "", false, fmt.Errorf("read %s: %w", withoutQuery(at), err)
	}
	if resp.StatusCode >= http.StatusBadRequest {
		return at, "", false, fmt.Errorf("%s answered %s: %s", withoutQuery(at), resp.Status, words(string(content)))
	}
	return at, string(content), false, nil
}

// plainCause drops the address from an error, as it carries codes and states.
func plainCause(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}

func withoutQuery(address string) string {
	before, _, _ := strings.Cut(address, "?")
	return before
}

func loopback(u *url.URL) bool {
	host := u.Hostname()
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// words is the readable text of a page, shortened.
func words(page string) string {
	text := page
	if root, err := html.Parse(strings.NewReader(page)); err == nil {
		text = textOf(root)
	}
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > 300 {
		text = string(runes[:300]) + "…"
	}
	return text
}

// submit answers the page's form with a request, nil when it has none.
func (b *Browser) submit(ctx context.Context, at, page string, pressed *bool) (*http.Request, error) {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return nil, fmt.Errorf("read the page: %w", err)
	}
	forms := formsOf(root)
	if len(forms) == 0 {
		return nil, nil
	}
	f, button := forms[0], (*html.Node)(nil)
	if len(f.buttons) > 0 {
		button = f.buttons[0]
	}
	for _, other := range forms {
		for _, candidate := range other.buttons {
			if b.Press != "" && !*pressed && strings.EqualFold(labelOf(candidate), b.Press) {
				f, button, *pressed = other, candidate, true
			}
		}
	}
	if button == nil {
		return nil, errors.New("the form has no button")
	}
	values, err := f.fill(b.Answers)
	if err != nil {
		return nil, err
	}
	if name := attr(button, "name"); name != "" {
		values.Add(name, attr(button, "value"))
	}
	return f.request(ctx, at, values)
}
