package sandbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// systemOptions are the $-options that OData and Graph know at all.
const systemOptions = "$select $top $filter $skip $skiptoken $deltatoken $orderby $count $expand $search $format"

// query holds a request's $-options.
type query struct {
	values url.Values // by option, "$" included, lower case
	sel    []string
	top    int // 0: not given
}

func (q query) get(name string) string { return q.values.Get(name) }

func (q query) has(name string) bool { return q.values.Has(name) }

// parseQuery reads the $-options: names may be percent-encoded, each may come
// once, and the route must know it.
func (c *cloud) parseQuery(r *http.Request, to *route) (query, error) {
	q := query{values: url.Values{}}
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return q, c.deny("graph.query.malformed")
	}
	for name, list := range values {
		if !strings.HasPrefix(name, "$") {
			continue
		}
		low := strings.ToLower(name)
		if !slices.Contains(strings.Fields(systemOptions), low) {
			return q, c.deny("graph.query.unknown", name)
		}
		if len(list) > 1 {
			return q, c.deny("graph.query.repeated", name)
		}
		if !slices.Contains(to.options, low) {
			return q, c.deny("graph.query.unsupported", name)
		}
		q.values.Set(low, list[0])
	}
	if err := c.readSelect(&q, to); err != nil {
		return q, err
	}
	if q.has("$top") {
		n, err := strconv.Atoi(q.get("$top"))
		if err != nil || n < 1 {
			return q, c.deny("graph.query.top.invalid", q.get("$top"))
		}
		q.top = n
	}
	if v := q.get("$count"); q.has("$count") && v != "true" && v != "false" {
		return q, c.deny("graph.query.count.invalid", v)
	}
	return q, nil
}

func (c *cloud) readSelect(q *query, to *route) error {
	if !q.has("$select") {
		return nil
	}
	for _, p := range strings.Split(q.get("$select"), ",") {
		p = strings.TrimSpace(p)
		if p == "" || p == "*" {
			continue
		}
		known := c.data.property(to.entity, p)
		if known == "" {
			return c.deny("graph.select.unknown", p, to.entity)
		}
		q.sel = append(q.sel, known)
	}
	return nil
}

// eventual reports whether the client asked for the directory's advanced
// queries.
func (k *call) eventual() bool {
	return strings.EqualFold(k.r.Header.Get("ConsistencyLevel"), "eventual")
}

// pick keeps the selected properties, or the defaults, of an entity.
func pick(full map[string]any, selected, defaults []string) map[string]any {
	if len(selected) == 0 {
		selected = defaults
	}
	if len(selected) == 0 {
		return full
	}
	out := map[string]any{}
	for _, p := range selected {
		out[p] = full[p] // a property without a value is null
	}
	for p, v := range full {
		if strings.HasPrefix(p, "@odata.type") {
			out[p] = v
		}
	}
	return out
}

// context is an answer's @odata.context.
func (k *call) context(set string) string {
	if len(k.query.sel) > 0 {
		set += "(" + strings.Join(k.query.sel, ",") + ")"
	}
	return k.root + "$metadata#" + set
}

// mark is what a nextLink or deltaLink remembers. It is opaque to clients.
type mark struct {
	Kind   string        `json:"k"`           // the collection it belongs to
	Seq    int           `json:"s,omitempty"` // changes up to here are told
	Until  int           `json:"u,omitempty"` // a round of changes ends here
	After  string        `json:"a,omitempty"` // the last item told
	Full   bool          `json:"f,omitempty"` // the round is a full read
	Select string        `json:"e,omitempty"` // the options of the first request
	Filter string        `json:"w,omitempty"`
	Expand string        `json:"x,omitempty"`
	Top    int           `json:"t,omitempty"`
	Made   time.Duration `json:"m,omitempty"` // tenant time, for expiry
}

// sealed writes a mark so that nobody can make one up.
func (c *cloud) sealed(m mark) string {
	raw, err := json.Marshal(m)
	if err != nil {
		return ""
	}
	h := hmac.New(sha256.New, c.seal)
	h.Write(raw)
	return base64url(append(h.Sum(nil)[:16], raw...))
}

// unsealed reads a mark of the given kind.
func (c *cloud) unsealed(text, kind string) (mark, bool) {
	var m mark
	raw, err := decodeBase64(text)
	if err != nil || len(raw) < 16 {
		return m, false
	}
	h := hmac.New(sha256.New, c.seal)
	h.Write(raw[16:])
	if !hmac.Equal(h.Sum(nil)[:16], raw[:16]) || json.Unmarshal(raw[16:], &m) != nil {
		return m, false
	}
	return m, m.Kind == kind
}

// link makes an absolute URL on the base that was asked.
func (k *call) link(path string, v url.Values) string {
	return k.root + strings.TrimPrefix(path, "/") + "?" + encodeOptions(v)
}

// encodeOptions keeps the "$" of the names readable, as the vendor's links do.
func encodeOptions(v url.Values) string { return strings.ReplaceAll(v.Encode(), "%24", "$") }

// samePath is the request's own path below the version, ids still encoded.
func (k *call) samePath() string {
	return strings.TrimPrefix(strings.TrimPrefix(k.r.URL.EscapedPath(), "/"), "v1.0/")
}

// page cuts one page out of a list and makes the nextLink. ids must be the
// list's ids in order; the link remembers the last one told.
func (k *call) page(kind string, ids []string, size int) (from, to int, next string, err error) {
	if text := k.query.get("$skiptoken"); text != "" {
		m, good := k.unsealed(text, kind)
		if !good {
			return 0, 0, "", k.deny("graph.skiptoken.unknown")
		}
		if i := slices.Index(ids, m.After); i >= 0 {
			from = i + 1
		} else {
			from = m.Seq // the item is gone: go on at its place
		}
	}
	from = min(from, len(ids))
	to = min(from+size, len(ids))
	if to == len(ids) {
		return from, to, "", nil
	}
	v := url.Values{}
	for name, list := range k.query.values {
		if name != "$skiptoken" {
			v[name] = list
		}
	}
	v.Set("$skiptoken", k.sealed(mark{Kind: kind, After: ids[to-1], Seq: to}))
	return from, to, k.link(k.samePath(), v), nil
}
