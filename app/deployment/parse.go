package deployment

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/mail"
	"slices"
	"strings"

	"miohub/platforms"
)

// The keys of the file.
const (
	keyVersion    = "version"
	keyShippedBy  = "shipped_by"
	keyFiles      = "files"
	keyValues     = "values"
	keyFeatures   = "features"
	keyTestPeople = "test_people"
	keySource     = "source"
)

// Parse reads the text of a deployment file for the given platforms. It refuses
// what it does not know, so that a mistyped key never goes unnoticed, and every
// secret: the file lies where everybody can read it.
func Parse(text []byte, list []platforms.Platform) (File, error) {
	f := File{Platforms: map[platforms.ID]Platform{}}
	d := json.NewDecoder(bytes.NewReader(text))
	var root map[string]any
	if err := d.Decode(&root); err != nil {
		return f, &Error{Reason: "it is no JSON object: " + err.Error()}
	}
	if err := d.Decode(&struct{}{}); !errors.Is(err, io.EOF) {
		return f, &Error{Reason: "something follows its object"}
	}
	if err := noSecrets("", root); err != nil {
		return f, err
	}
	known := []string{keyVersion, keyShippedBy}
	for _, p := range list {
		known = append(known, string(p.ID))
	}
	if err := onlyKnown("", root, known); err != nil {
		return f, err
	}
	if v, ok := root[keyVersion].(float64); !ok || v != 1 {
		return f, &Error{Key: keyVersion, Reason: "it must be 1, the only version there is"}
	}
	var ok bool
	if f.ShippedBy, ok = root[keyShippedBy].(string); !ok || strings.TrimSpace(f.ShippedBy) == "" {
		return f, &Error{Key: keyShippedBy, Reason: "say here who ships this file; the wizard shows it"}
	}
	for _, p := range list {
		section, there := root[string(p.ID)]
		if !there {
			continue
		}
		shipped, err := parsePlatform(p, section)
		if err != nil {
			return f, err
		}
		f.Platforms[p.ID] = shipped
	}
	return f, nil
}

func parsePlatform(p platforms.Platform, section any) (Platform, error) {
	r := reader{at: string(p.ID)}
	out := Platform{Files: map[string]string{}, Values: map[string]string{}, Features: map[platforms.Feature]bool{}}
	all := r.object("", section, []string{keyFiles, keyValues, keyFeatures, keyTestPeople, keySource})
	for name, on := range r.object(keyFeatures, all[keyFeatures], optional(p)) {
		out.Features[platforms.Feature(name)] = r.yes(keyFeatures+"."+name, on)
	}
	for name, file := range r.object(keyFiles, all[keyFiles], files(p)) {
		out.Files[name] = r.file(keyFiles+"."+name, file)
	}
	fields := fieldsOf(p)
	for name, value := range r.object(keyValues, all[keyValues], slices.Sorted(maps.Keys(fields))) {
		out.Values[name] = r.value(keyValues+"."+name, value, fields[name])
	}
	out.TestPeople = r.addresses(keyTestPeople, all[keyTestPeople])
	if all[keySource] != nil {
		out.Source = r.text(keySource, all[keySource])
	}
	return out, r.err
}

// optional are the features that can be switched.
func optional(p platforms.Platform) []string {
	var out []string
	for _, f := range p.Features {
		if f.Optional {
			out = append(out, string(f.ID))
		}
	}
	return out
}

// files are the files that the wizard takes.
func files(p platforms.Platform) []string {
	var out []string
	for action := range p.Actions {
		if name, ok := strings.CutPrefix(action, "file:"); ok {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// fieldsOf are the wizard's fields that hold no secret, with every feature on as
// well as off: which of them are shown depends on what is switched on.
func fieldsOf(p platforms.Platform) map[string]platforms.Part {
	out := map[string]platforms.Part{}
	for _, word := range []string{"on", "off"} {
		v := memory{}
		for _, f := range p.Features {
			v[platforms.FeatureKey(f.ID)] = word
		}
		for _, s := range p.Steps(v) {
			for _, part := range s.Parts {
				if part.Kind == platforms.PartField && !part.Secret && !strings.Contains(part.ID, "secret") && part.ID != platforms.KeyTestPeople {
					out[part.ID] = part
				}
			}
		}
	}
	return out
}

// reader reads a platform's section and keeps the first thing that is wrong.
type reader struct {
	at  string
	err error
}

func (r *reader) fail(key, reason string) {
	if r.err == nil {
		r.err = &Error{Key: strings.TrimSuffix(r.at+"."+key, "."), Reason: reason}
	}
}

func (r *reader) object(key string, v any, known []string) map[string]any {
	if v == nil {
		return nil
	}
	m, ok := v.(map[string]any)
	if !ok {
		r.fail(key, "it must be an object")
		return nil
	}
	if err := onlyKnown(strings.TrimSuffix(r.at+"."+key, "."), m, known); err != nil && r.err == nil {
		r.err = err
	}
	return m
}

func (r *reader) text(key string, v any) string {
	s, ok := v.(string)
	if !ok || strings.TrimSpace(s) == "" {
		r.fail(key, "it must be a text that is not empty")
	}
	return strings.TrimSpace(s)
}

func (r *reader) yes(key string, v any) bool {
	on, ok := v.(bool)
	if !ok {
		r.fail(key, "it must be true or false")
	}
	return on
}

// value is a field's value; one that offers choices takes nothing else.
func (r *reader) value(key string, v any, field platforms.Part) string {
	s := r.text(key, v)
	var offered []string
	for _, c := range field.Choices {
		offered = append(offered, c.Value)
	}
	if len(offered) > 0 && !slices.Contains(offered, s) {
		r.fail(key, fmt.Sprintf("%q is none of %s", s, strings.Join(offered, ", ")))
	}
	return s
}

// file is a file's text, or the object that is its content.
func (r *reader) file(key string, v any) string {
	if m, ok := v.(map[string]any); ok {
		b, err := json.Marshal(m)
		if err != nil {
			r.fail(key, err.Error())
		}
		return string(b)
	}
	return r.text(key, v)
}

func (r *reader) addresses(key string, v any) []string {
	if v == nil {
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		r.fail(key, "it must be a list of addresses")
	}
	var out []string
	for i, one := range list {
		s, _ := one.(string)
		if a, err := mail.ParseAddress(s); err != nil || a.Address != s {
			r.fail(fmt.Sprintf("%s[%d]", key, i), "it must be an address such as pat@acme.example")
		}
		out = append(out, s)
	}
	return out
}

func onlyKnown(at string, m map[string]any, known []string) error {
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if slices.Contains(known, key) {
			continue
		}
		reason := "it is unknown here; known are " + strings.Join(known, ", ")
		if len(known) == 0 {
			reason = "it is unknown here"
		}
		if strings.HasPrefix(key, "endpoint.") {
			reason = "credentials go to the vendor's own hosts alone; no other can be shipped"
		}
		return &Error{Key: strings.TrimPrefix(at+"."+key, "."), Reason: reason}
	}
	return nil
}

// noSecrets refuses secrets wherever they stand, with what each is.
func noSecrets(at string, v any) error {
	switch v := v.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			here := strings.TrimPrefix(at+"."+key, ".")
			if what := secretKey(key); what != "" && !publicClient(at, key) {
				return &Error{Key: here, Reason: secretReason(what)}
			}
			if err := noSecrets(here, v[key]); err != nil {
				return err
			}
		}
	case []any:
		for i, one := range v {
			if err := noSecrets(fmt.Sprintf("%s[%d]", at, i), one); err != nil {
				return err
			}
		}
	case string:
		if strings.Contains(v, "PRIVATE KEY-----") {
			return &Error{Key: at, Reason: secretReason("a private key")}
		}
		// A file may be given as its text.
		var inside map[string]any
		if strings.HasPrefix(strings.TrimSpace(v), "{") && json.Unmarshal([]byte(v), &inside) == nil {
			return noSecrets(at, inside)
		}
	}
	return nil
}

func secretReason(what string) string {
	return what + " is a secret, and everybody who uses this computer can read this file. Enter it in the wizard, where it is sealed"
}

// secretKey tells what a key of that name holds; "" when it is no secret.
func secretKey(key string) string {
	switch k := strings.ToLower(key); {
	case strings.Contains(k, "private_key") && k != "private_key_id" || strings.Contains(k, "privatekey"):
		return "a private key"
	case strings.Contains(k, "secret"):
		return "a client secret"
	case k == "refresh_token" || k == "access_token" || k == "id_token" || strings.HasPrefix(k, "token"):
		return "a token"
	case strings.Contains(k, "password") || strings.Contains(k, "passphrase"):
		return "a password"
	case k == "api_key" || k == "apikey":
		return "an API key"
	}
	return ""
}

// publicClient: Google issues the client of an installed application with a
// client_secret that by its own words is not treated as a secret, because it is
// in every copy: https://developers.google.com/identity/protocols/oauth2#installed
func publicClient(at, key string) bool {
	return key == "client_secret" && strings.HasSuffix(at, keyFiles+".client.installed") || key == "token_uri"
}

// memory is Values that last as long as a question about steps.
type memory map[string]string

var _ platforms.Values = memory{}

// Get implements platforms.Values.
func (m memory) Get(key string) string { return m[key] }

// Put implements platforms.Values.
func (m memory) Put(_ context.Context, key, value string) error { m[key] = value; return nil }

// Delete implements platforms.Values.
func (m memory) Delete(_ context.Context, key string) error { delete(m, key); return nil }
