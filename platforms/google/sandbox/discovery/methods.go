package discovery

import "fmt"

// documents are all that Methods looks into.
func documents() []string {
	var paths []string
	for _, a := range served() {
		paths = append(paths, a.path)
	}
	return append(paths, scopesOnly()...)
}

// Methods reads single methods by id from the documents below dir, served or
// not, for a client's table of permissions to be held against. Auth is empty
// where a document does not tell who may call a method.
func Methods(dir string, ids []string) (map[string]Method, error) {
	all := map[string]method{}
	api := map[string]string{}
	for _, path := range documents() {
		src, err := read(dir, path)
		if err != nil {
			return nil, err
		}
		found := map[string]method{}
		collect(resource{Methods: src.Methods, Resources: src.Resources}, found)
		for id, m := range found {
			all[id], api[id] = m, src.Name
		}
	}
	out := map[string]Method{}
	for _, id := range ids {
		m, ok := all[id]
		if !ok {
			return nil, fmt.Errorf("no method %s", id)
		}
		one := Method{API: api[id], HTTP: m.HTTPMethod, Path: m.Path, Scopes: m.Scopes, Params: map[string]Param{}}
		for name, p := range m.Parameters {
			one.Params[name] = Param{In: p.Location, Pattern: p.Pattern}
		}
		if auth, err := kinds(api[id], m); err == nil && api[id] == "chat" {
			one.Auth = auth
		}
		out[id] = one
	}
	return out, nil
}
