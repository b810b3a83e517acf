package sandbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"sort"
	"strconv"
	"time"
)

// pageTokenLife is how long a page token is good for, in tenant time: Directory
// says three days.
const pageTokenLife = 72 * time.Hour

// pageToken is what an opaque page token stands for: the call it belongs to and
// the key after which the next page starts.
type pageToken struct {
	Call  string        `json:"c"`
	After string        `json:"a"`
	Given time.Duration `json:"t"`
}

// callHash names a call by everything that must stay the same between pages.
func (c *call) callHash() string {
	h := sha256.New()
	add := func(s string) { h.Write([]byte(s + "\x00")) }
	add(c.id)
	_, _, name := cutSpace(c.path)
	add(name)
	for _, p := range []string{"customerId", "groupKey", "productId", "skuId", "userKey", "applicationName"} {
		add(c.path[p])
	}
	add(c.tok.key(c.g))
	var names []string
	for p := range c.params {
		if p != "pageToken" && p != "pageSize" && p != "maxResults" {
			names = append(names, p)
		}
	}
	sort.Strings(names)
	for _, p := range names {
		add(p + "=" + c.params[p])
	}
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:9])
}

// nextPage makes the token for the page after key.
func (c *call) nextPage(key string) string {
	b, _ := json.Marshal(pageToken{Call: c.callHash(), After: key, Given: c.g.world.Clock.Elapsed()})
	return base64.RawURLEncoding.EncodeToString(append(c.g.sign(b), b...))
}

func (g *google) sign(b []byte) []byte {
	h := hmac.New(sha256.New, g.secret)
	h.Write(b)
	return h.Sum(nil)[:12]
}

// after reads the page token: "" for the first page. Changed parameters, and
// tokens that are too old or not ours, are refused.
func (c *call) after() (string, *apiError) {
	s := c.params["pageToken"]
	if s == "" {
		return "", nil
	}
	bad := invalid("Invalid page token.")
	if c.oldStyle() {
		bad = legacy(http.StatusBadRequest, "invalid", "Invalid Input: pageToken")
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) < 12 || !hmac.Equal(b[:12], c.g.sign(b[12:])) {
		return "", bad
	}
	var t pageToken
	if json.Unmarshal(b[12:], &t) != nil || t.Call != c.callHash() || c.g.world.Clock.Elapsed()-t.Given > pageTokenLife {
		return "", bad
	}
	return t.After, nil
}

// pageSize reads a Chat page size: 0 or absent means normal, more than most is
// cut to most, negative is refused.
func (c *call) pageSize(normal, most int) (int, *apiError) {
	n, _ := strconv.Atoi(c.params["pageSize"]) // checked when bound
	switch {
	case n < 0:
		return 0, invalid("page_size must be non-negative.")
	case n == 0:
		return normal, nil
	}
	return min(n, most), nil
}

// timestamp writes a time as Google does: with three or six digits of fraction,
// or none.
func timestamp(t time.Time) string {
	t = t.UTC()
	switch {
	case t.Nanosecond() == 0:
		return t.Format("2006-01-02T15:04:05Z")
	case t.Nanosecond()%int(time.Millisecond) == 0:
		return t.Format("2006-01-02T15:04:05.000Z")
	default:
		return t.Format("2006-01-02T15:04:05.000000Z")
	}
}
