// Package discovery cuts the embedded extract out of Google's discovery documents.
package discovery

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Module is where the discovery documents come from.
const Module = "google.golang.org/api"

// api is one discovery document.
type api struct {
	path    string
	name    string   // "chat"; two documents call themselves "admin"
	methods []string // those that the emulator serves
}

// served lists the documents with the methods that the emulator serves.
func served() []api {
	return []api{
		{"chat/v1/chat-api.json", "chat", []string{
			"chat.spaces.list", "chat.spaces.search", "chat.spaces.get", "chat.spaces.create", "chat.spaces.setup", "chat.spaces.patch", "chat.spaces.delete",
			"chat.spaces.members.list", "chat.spaces.members.get", "chat.spaces.members.create", "chat.spaces.members.patch", "chat.spaces.members.delete",
			"chat.spaces.messages.create", "chat.spaces.messages.list", "chat.spaces.messages.get",
			"chat.spaces.messages.patch", "chat.spaces.messages.update", "chat.spaces.messages.delete",
			"chat.spaces.messages.reactions.create", "chat.spaces.messages.reactions.list", "chat.spaces.messages.reactions.delete",
			"chat.spaces.spaceEvents.list", "chat.spaces.spaceEvents.get",
			"chat.media.upload", "chat.media.download", "chat.spaces.messages.attachments.get",
		}},
		{"admin/directory/v1/admin-api.json", "admin", []string{
			"directory.users.list", "directory.users.get", "directory.users.insert", "directory.users.update", "directory.users.patch",
			"directory.users.createGuest", "directory.customers.get", "directory.domains.list",
			"directory.orgunits.list", "directory.orgunits.get", "directory.orgunits.insert", "directory.groups.list", "directory.members.list",
		}},
		{"admin/reports/v1/admin-api.json", "reports", []string{"reports.activities.list"}},
		{"cloudidentity/v1/cloudidentity-api.json", "cloudidentity", []string{"cloudidentity.policies.list", "cloudidentity.policies.get"}},
		{"licensing/v1/licensing-api.json", "licensing", []string{
			"licensing.licenseAssignments.get", "licensing.licenseAssignments.insert", "licensing.licenseAssignments.delete",
			"licensing.licenseAssignments.listForProduct", "licensing.licenseAssignments.listForProductAndSku",
		}},
		{"iam/v1/iam-api.json", "iam", []string{"iam.projects.serviceAccounts.keys.get", "iam.projects.serviceAccounts.keys.create"}},
		{"iamcredentials/v1/iamcredentials-api.json", "iamcredentials", []string{"iamcredentials.projects.serviceAccounts.signJwt"}},
		{"pubsub/v1/pubsub-api.json", "pubsub", []string{
			"pubsub.projects.topics.create", "pubsub.projects.topics.get", "pubsub.projects.topics.getIamPolicy", "pubsub.projects.topics.setIamPolicy",
			"pubsub.projects.subscriptions.create", "pubsub.projects.subscriptions.get", "pubsub.projects.subscriptions.delete",
			"pubsub.projects.subscriptions.pull", "pubsub.projects.subscriptions.acknowledge", "pubsub.projects.subscriptions.modifyAckDeadline",
		}},
		{"workspaceevents/v1/workspaceevents-api.json", "workspaceevents", []string{
			"workspaceevents.subscriptions.create", "workspaceevents.subscriptions.get", "workspaceevents.subscriptions.list",
			"workspaceevents.subscriptions.patch", "workspaceevents.subscriptions.delete", "workspaceevents.subscriptions.reactivate",
		}},
		{"oauth2/v2/oauth2-api.json", "oauth2", []string{"oauth2.tokeninfo", "oauth2.userinfo.get"}},
	}
}

// scopesOnly names documents of which only the scopes are known, so that a
// token may carry them.
func scopesOnly() []string {
	return []string{
		"drive/v3/drive-api.json", "people/v1/people-api.json",
	}
}

// Document is the extract as it is embedded.
type Document struct {
	Revisions map[string]string `json:"revisions"` // by document
	Scopes    []string          `json:"scopes"`    // every scope that exists
	Standard  []string          `json:"standard"`  // query parameters every method takes
	Methods   map[string]Method `json:"methods"`   // by method id
	// Schemas by API ("chat") and name.
	Schemas map[string]map[string]Schema `json:"schemas"`
}

// Method is one method of an API.
type Method struct {
	API      string              `json:"api"`
	HTTP     string              `json:"http"`
	Path     string              `json:"path"` // URI template below the root
	Params   map[string]Param    `json:"params,omitempty"`
	Request  string              `json:"request,omitempty"`
	Response string              `json:"response,omitempty"`
	Scopes   []string            `json:"scopes,omitempty"`
	Auth     map[string][]string `json:"auth,omitempty"` // "app", "user", "admin": the scopes that suffice
}

// Param is a path or query parameter.
type Param struct {
	In       string   `json:"in"`
	Type     string   `json:"type"`
	Format   string   `json:"format,omitempty"`
	Enum     []string `json:"enum,omitempty"`
	Pattern  string   `json:"pattern,omitempty"`
	Minimum  string   `json:"minimum,omitempty"`
	Maximum  string   `json:"maximum,omitempty"`
	Required bool     `json:"required,omitempty"`
}

// Schema is a type, in the discovery documents' own form.
type Schema struct {
	Type       string            `json:"type,omitempty"`
	Format     string            `json:"format,omitempty"`
	Ref        string            `json:"$ref,omitempty"`
	Enum       []string          `json:"enum,omitempty"`
	ReadOnly   bool              `json:"readOnly,omitempty"`
	Items      *Schema           `json:"items,omitempty"`
	Properties map[string]Schema `json:"properties,omitempty"`
	Additional *Schema           `json:"additionalProperties,omitempty"`
}

type source struct {
	Name       string              `json:"name"`
	Revision   string              `json:"revision"`
	Parameters map[string]any      `json:"parameters"`
	Schemas    map[string]Schema   `json:"schemas"`
	Methods    map[string]method   `json:"methods"`
	Resources  map[string]resource `json:"resources"`
	Auth       struct {
		OAuth2 struct {
			Scopes map[string]any `json:"scopes"`
		} `json:"oauth2"`
	} `json:"auth"`
}

type resource struct {
	Methods   map[string]method   `json:"methods"`
	Resources map[string]resource `json:"resources"`
}

type method struct {
	ID          string   `json:"id"`
	HTTPMethod  string   `json:"httpMethod"`
	Path        string   `json:"path"`
	Description string   `json:"description"`
	Scopes      []string `json:"scopes"`
	Request     Schema   `json:"request"`
	Response    Schema   `json:"response"`
	Parameters  map[string]struct {
		Location string   `json:"location"`
		Type     string   `json:"type"`
		Format   string   `json:"format"`
		Enum     []string `json:"enum"`
		Pattern  string   `json:"pattern"`
		Minimum  string   `json:"minimum"`
		Maximum  string   `json:"maximum"`
		Required bool     `json:"required"`
	} `json:"parameters"`
}

// Extract reads the documents below dir and returns the extract as JSON.
func Extract(dir string) ([]byte, error) {
	doc := Document{Revisions: map[string]string{}, Methods: map[string]Method{}, Schemas: map[string]map[string]Schema{}}
	scopes := map[string]bool{"openid": true, "email": true, "profile": true}
	for _, a := range served() {
		src, err := read(dir, a.path)
		if err != nil {
			return nil, err
		}
		src.Name = a.name
		doc.Revisions[a.path] = src.Revision
		for s := range src.Auth.OAuth2.Scopes {
			scopes[s] = true
		}
		for name := range src.Parameters {
			if !slices.Contains(doc.Standard, name) {
				doc.Standard = append(doc.Standard, name)
			}
		}
		if err := doc.add(src, a.methods); err != nil {
			return nil, fmt.Errorf("%s: %w", a.path, err)
		}
	}
	for _, path := range scopesOnly() {
		src, err := read(dir, path)
		if err != nil {
			return nil, err
		}
		for s := range src.Auth.OAuth2.Scopes {
			scopes[s] = true
		}
	}
	for s := range scopes {
		doc.Scopes = append(doc.Scopes, s)
	}
	slices.Sort(doc.Scopes)
	slices.Sort(doc.Standard)
	data, err := json.MarshalIndent(doc, "", " ")
	return append(data, '\n'), err
}

func read(dir, path string) (source, error) {
	var src source
	data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(path)))
	if err != nil {
		return src, fmt.Errorf("read discovery document: %w", err)
	}
	if err := json.Unmarshal(data, &src); err != nil {
		return src, fmt.Errorf("parse %s: %w", path, err)
	}
	return src, nil
}

// add takes the methods named by ids and the schemas they reach.
func (d *Document) add(src source, ids []string) error {
	all := map[string]method{}
	collect(resource{Methods: src.Methods, Resources: src.Resources}, all)
	schemas := map[string]Schema{}
	for _, id := range ids {
		m, ok := all[id]
		if !ok {
			return fmt.Errorf("no method %s", id)
		}
		out := Method{API: src.Name, HTTP: m.HTTPMethod, Path: m.Path, Scopes: m.Scopes, Request: m.Request.Ref, Response: m.Response.Ref, Params: map[string]Param{}}
		for name, p := range m.Parameters {
			out.Params[name] = Param{In: p.Location, Type: p.Type, Format: p.Format, Enum: p.Enum, Pattern: p.Pattern, Minimum: p.Minimum, Maximum: p.Maximum, Required: p.Required}
		}
		var err error
		if out.Auth, err = kinds(src.Name, m); err != nil {
			return err
		}
		d.Methods[id] = out
		for _, ref := range []string{m.Request.Ref, m.Response.Ref} {
			reach(src.Schemas, ref, schemas)
		}
	}
	d.Schemas[src.Name] = schemas
	return nil
}

func collect(r resource, into map[string]method) {
	for _, m := range r.Methods {
		into[m.ID] = m
	}
	for _, sub := range r.Resources {
		collect(sub, into)
	}
}

// reach adds the schema named ref and everything it refers to.
func reach(all map[string]Schema, ref string, into map[string]Schema) {
	if ref == "" {
		return
	}
	if _, done := into[ref]; done {
		return
	}
	s := all[ref]
	into[ref] = s
	refs(s, func(r string) { reach(all, r, into) })
}

func refs(s Schema, f func(string)) {
	if s.Ref != "" {
		f(s.Ref)
	}
	if s.Items != nil {
		refs(*s.Items, f)
	}
	if s.Additional != nil {
		refs(*s.Additional, f)
	}
	for _, p := range s.Properties {
		refs(p, f)
	}
}

// kindPattern finds, in the order of a Chat method's description, the kinds of
// authentication and the scopes listed under each.
func kindPattern() *regexp.Regexp {
	return regexp.MustCompile(`(?i)(user authentication grants administrator privileges|user authentication with administrator privileges)` +
		`|(\[app authentication\])|(\[user authentication\]|user \[authentication\])` +
		"|`(https://www\\.googleapis\\.com/auth/[a-z.]+)`( \\(import mode spaces only\\))?")
}

// kinds tells which scopes suffice for which kind of caller. Chat's documents
// say it only in the descriptions, or not at all.
func kinds(api string, m method) (map[string][]string, error) {
	switch {
	case len(m.Scopes) == 0:
		return nil, nil
	case api == "workspaceevents" || m.ID == "chat.media.download":
		return byScope(m.Scopes), nil
	case slices.Contains([]string{"iam", "iamcredentials", "pubsub"}, api):
		// Cloud APIs ask for a role, which a service account can have as well.
		return map[string][]string{"user": m.Scopes, "app": m.Scopes}, nil
	case api != "chat":
		return map[string][]string{"user": m.Scopes}, nil
	}
	return described(m)
}

// byScope sorts scopes by whose they are: chat.bot and those beginning with
// chat.app are the app's ("Authenticate and authorize Chat apps"), the others a
// person's.
func byScope(scopes []string) map[string][]string {
	out := map[string][]string{}
	for _, s := range scopes {
		kind := "user"
		if name := s[strings.LastIndexByte(s, '/')+1:]; name == "chat.bot" || strings.HasPrefix(name, "chat.app.") {
			kind = "app"
		}
		out[kind] = append(out[kind], s)
	}
	return out
}

// described reads the kinds of caller from a Chat method's description.
func described(m method) (map[string][]string, error) {
	out := map[string][]string{}
	kind := ""
	for _, hit := range kindPattern().FindAllStringSubmatch(m.Description, -1) {
		switch {
		case hit[1] != "":
			kind = "admin"
		case hit[2] != "":
			kind = "app"
		case hit[3] != "":
			kind = "user"
		case hit[5] != "" || kind == "":
			// Import mode is not served; a scope before any kind belongs to none.
		default:
			if !slices.Contains(m.Scopes, hit[4]) {
				return nil, fmt.Errorf("%s: description names %s, which the method does not take", m.ID, hit[4])
			}
			if !slices.Contains(out[kind], hit[4]) {
				out[kind] = append(out[kind], hit[4])
			}
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: no kind of authentication in %q", m.ID, strings.TrimSpace(m.Description))
	}
	for _, list := range out {
		slices.Sort(list)
	}
	return out, nil
}
