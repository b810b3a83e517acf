package sandbox

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"miohub/platforms/google/sandbox/discovery"
)

// maxRequest bounds a request body; messages are far smaller.
const maxRequest = 4 << 20

// snake spells a field as Google's errors do: threadKey -> thread_key.
func snake(name string) string {
	var b strings.Builder
	for _, r := range name {
		if r >= 'A' && r <= 'Z' {
			b.WriteByte('_')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// bind reads parameters and body and refuses whatever the method's messages
// have no field for.
func (c *call) bind(w http.ResponseWriter, r *http.Request) *apiError {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return invalid("Request contains an invalid argument.")
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "application/x-www-form-urlencoded" && (c.m.Request != "" || c.m.API == "oauth2") {
		// A form is bound like more query parameters; this is what becomes of a
		// JSON body sent without a content type by curl.
		r.Body = http.MaxBytesReader(w, r.Body, maxRequest)
		data, err := io.ReadAll(r.Body)
		if err != nil {
			return refuse(http.StatusBadRequest, "Request body cannot be read.")
		}
		form, _ := url.ParseQuery(string(data))
		for name := range form {
			query[name] = form[name]
		}
		r.Body = http.NoBody
	}
	if bad := c.bindQuery(query); bad != nil {
		return bad
	}
	if c.m.Request == "" {
		return nil
	}
	return c.bindBody(w, r)
}

func (c *call) bindQuery(query url.Values) *apiError {
	c.params = map[string]string{}
	names := make([]string, 0, len(query))
	for name := range query {
		names = append(names, name)
	}
	sort.Strings(names)
	var wrong []violation
	for _, name := range names {
		p, known := c.m.Params[name]
		if !known {
			for candidate := range c.m.Params {
				if snake(candidate) == name {
					p, known, name = c.m.Params[candidate], true, candidate
					query[name] = query[snake(candidate)]
					break
				}
			}
		}
		if !known || p.In != "query" {
			if !c.g.cat.std[name] {
				wrong = append(wrong, violation{"", fmt.Sprintf("Invalid JSON payload received. Unknown name %q: Cannot bind query parameter. Field '%s' could not be found in request message.", name, name)})
			}
			continue
		}
		values := query[name]
		value := values[len(values)-1]
		if bad := c.checkParam(name, p, value); bad != nil {
			return bad
		}
		c.params[name] = value
	}
	if len(wrong) > 0 {
		return badRequest(wrong...)
	}
	if alt := query.Get("alt"); alt != "" && alt != "json" && !(alt == "media" && c.id == "chat.media.download") {
		return invalid("Request contains an invalid argument.")
	}
	return nil
}

// checkParam holds a value against its parameter's type.
func (c *call) checkParam(name string, p discovery.Param, value string) *apiError {
	switch {
	case p.Type == "integer":
		n, err := strconv.ParseInt(value, 10, 32)
		if c.oldStyle() {
			low, high := int64(0), int64(math.MaxInt32)
			if p.Minimum != "" {
				low, _ = strconv.ParseInt(p.Minimum, 10, 32)
			}
			if p.Maximum != "" {
				high, _ = strconv.ParseInt(p.Maximum, 10, 32)
			}
			if err != nil || n < low || n > high {
				return legacy(http.StatusBadRequest, "invalidParameter", fmt.Sprintf("Invalid value '%s'. Values must be within the range: [%d, %d]", value, low, high)).at(name)
			}
			return nil
		}
		if err != nil {
			return badRequest(violation{snake(name), fmt.Sprintf("Invalid value at '%s' (TYPE_INT32), %q", snake(name), value)})
		}
	case p.Type == "boolean":
		if value != "true" && value != "false" {
			return badRequest(violation{snake(name), fmt.Sprintf("Invalid value at '%s' (TYPE_BOOL), %q", snake(name), value)})
		}
	case len(p.Enum) > 0 && !slices.Contains(p.Enum, value):
		if c.oldStyle() {
			return legacy(http.StatusBadRequest, "invalidParameter", fmt.Sprintf("Invalid string value: '%s'. Allowed values: [%s]", value, strings.Join(p.Enum, ", "))).at(name)
		}
		return badRequest(violation{snake(name), fmt.Sprintf("Invalid value at '%s' (TYPE_ENUM), %q", snake(name), value)})
	}
	return nil
}

// bodyField is the request field that a method's body binds to, as errors name it.
func (c *call) bodyField() string {
	if strings.HasSuffix(c.m.Request, "Request") {
		return ""
	}
	return snake(strings.ToLower(c.m.Request[:1]) + c.m.Request[1:])
}

func (c *call) bindBody(w http.ResponseWriter, r *http.Request) *apiError {
	data, bad := readBody(w, r)
	if bad != nil {
		return bad
	}
	c.body = map[string]any{}
	if len(bytes.TrimSpace(data)) == 0 {
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var raw any
	err := dec.Decode(&raw)
	if err == nil {
		if _, extra := dec.Token(); extra != io.EOF {
			err = errors.New("more than one value")
		}
	}
	if err != nil {
		return malformed(data, err)
	}
	object, ok := raw.(map[string]any)
	if !ok {
		return badRequest(violation{c.bodyField(), "Invalid JSON payload received. Unknown name \"\": Root element must be a message."})
	}
	var wrong []violation
	c.body = c.check(object, c.g.cat.doc.Schemas[c.m.API][c.m.Request], c.bodyField(), &wrong)
	if len(wrong) > 0 {
		return badRequest(wrong...)
	}
	return nil
}

func readBody(w http.ResponseWriter, r *http.Request) ([]byte, *apiError) {
	var body io.Reader = http.MaxBytesReader(w, r.Body, maxRequest)
	if r.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(body)
		if err != nil {
			return nil, invalid("Request body is not valid gzip.")
		}
		defer z.Close()
		body = io.LimitReader(z, maxRequest)
	}
	data, err := io.ReadAll(body)
	if err != nil {
		return nil, refuse(http.StatusRequestEntityTooLarge, "Request payload size exceeds the limit: %d bytes.", maxRequest)
	}
	return data, nil
}

// malformed points at where a body stops being JSON.
func malformed(data []byte, err error) *apiError {
	at := len(data)
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) && syntax.Offset > 0 {
		at = int(syntax.Offset) - 1
	}
	from, to := max(0, at-20), min(len(data), at+20)
	what := "Unexpected token."
	if at >= len(data) {
		what = "Unexpected end of string."
	}
	snippet := strings.NewReplacer("\n", " ", "\r", " ").Replace(string(data[from:to]))
	return badRequest(violation{"", fmt.Sprintf("Invalid JSON payload received. %s\n%s\n%s^", what, snippet, strings.Repeat(" ", at-from))})
}

// check holds an object against a schema and returns it under the documented
// names; null and output-only fields are dropped, as Google does.
func (c *call) check(object map[string]any, s discovery.Schema, at string, wrong *[]violation) map[string]any {
	out := map[string]any{}
	names := make([]string, 0, len(object))
	for name := range object {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		p, known := s.Properties[name]
		field := name
		if !known {
			for candidate := range s.Properties {
				if snake(candidate) == name {
					p, known, field = s.Properties[candidate], true, candidate
				}
			}
		}
		if !known {
			where := ""
			if at != "" {
				where = fmt.Sprintf(" at '%s'", at)
			}
			*wrong = append(*wrong, violation{at, fmt.Sprintf("Invalid JSON payload received. Unknown name %q%s: Cannot find field.", name, where)})
			continue
		}
		path := snake(field)
		if at != "" {
			path = at + "." + path
		}
		if object[name] == nil {
			continue
		}
		value := c.checkValue(object[name], p, path, wrong)
		if !p.ReadOnly {
			out[field] = value
		}
	}
	return out
}

func timestampPattern() *regexp.Regexp {
	return regexp.MustCompile(`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$`)
}

func (c *call) checkValue(value any, s discovery.Schema, at string, wrong *[]violation) any {
	s = c.g.cat.schema(c.m.API, s)
	fail := func(kind string) any {
		text, _ := json.Marshal(value)
		*wrong = append(*wrong, violation{at, fmt.Sprintf("Invalid value at '%s' (%s), %s", at, kind, text)})
		return nil
	}
	switch s.Type {
	case "object":
		object, ok := value.(map[string]any)
		switch {
		case !ok:
			return fail("TYPE_MESSAGE")
		case s.Properties == nil:
			return object
		}
		return c.check(object, s, at, wrong)
	case "array":
		list, ok := value.([]any)
		if !ok {
			// A single value stands for a list of one.
			list = []any{value}
		}
		out := make([]any, 0, len(list))
		for i, item := range list {
			out = append(out, c.checkValue(item, *s.Items, fmt.Sprintf("%s[%d]", at, i), wrong))
		}
		return out
	case "string":
		text, ok := value.(string)
		switch {
		case !ok && len(s.Enum) > 0:
			return fail("TYPE_ENUM")
		case !ok:
			return fail("TYPE_STRING")
		case len(s.Enum) > 0 && !slices.Contains(s.Enum, text):
			return fail("TYPE_ENUM")
		case s.Format == "google-datetime" && !timestampPattern().MatchString(text):
			*wrong = append(*wrong, violation{at, fmt.Sprintf("Invalid value at '%s' (type.googleapis.com/google.protobuf.Timestamp), Field '%s', Illegal timestamp format; timestamps must end with 'Z' or have a valid timezone offset.", at, at)})
			return nil
		}
		return text
	case "boolean":
		if _, ok := value.(bool); !ok {
			return fail("TYPE_BOOL")
		}
		return value
	case "integer", "number":
		n, ok := value.(json.Number)
		if !ok {
			return fail("TYPE_INT32")
		}
		if _, err := n.Int64(); s.Type == "integer" && err != nil {
			return fail("TYPE_INT32")
		}
		return n
	}
	return value
}

// text reads a string field of a checked object.
func text(object map[string]any, name string) string {
	s, _ := object[name].(string)
	return s
}

// number reads an integer field of a checked object, 0 when it is not there.
func number(object map[string]any, name string) int {
	n, _ := object[name].(json.Number)
	i, _ := n.Int64() // checked when bound
	return int(i)
}

// object reads a message field of a checked object; empty when it is not there.
func object(of map[string]any, name string) map[string]any {
	o, _ := of[name].(map[string]any)
	return o
}
