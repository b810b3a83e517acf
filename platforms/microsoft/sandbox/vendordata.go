package sandbox

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// graphJSON is an extract of the vendor's permission data and metadata: which
// permissions open which call, their ids, and the properties of the types.
//
//go:embed graph.json
var graphJSON []byte

type vendorData struct {
	Sources     []string                   `json:"_sources"`
	Additions   map[string]string          `json:"additions"` // calls that the vendor's file lacks, with the reason they are here
	Paths       map[string]callPermissions `json:"paths"`
	Permissions map[string]permission      `json:"permissions"`
	Types       map[string][]string        `json:"types"`
}

// callPermissions lists the permissions any one of which opens a call.
type callPermissions struct {
	Delegated   *permissionSet `json:"delegated"`
	Application *permissionSet `json:"application"`
}

type permissionSet struct {
	All   []string `json:"all"`
	Least []string `json:"least"`
}

type permission struct {
	Delegated   *permissionForm `json:"delegated"`
	Application *permissionForm `json:"application"`
}

type permissionForm struct {
	ID    string `json:"id"`
	Admin bool   `json:"admin"` // needs an administrator's consent
}

func readVendorData() (*vendorData, error) {
	var d vendorData
	if err := json.Unmarshal(graphJSON, &d); err != nil {
		return nil, fmt.Errorf("read the permission extract: %w", err)
	}
	return &d, nil
}

// check refuses a registration that asks for permissions Graph does not have.
func (d *vendorData) check(reg Registration) error {
	var errs []error
	for _, n := range reg.Delegated {
		if !isOpenID(n) && d.Permissions[n].Delegated == nil {
			errs = append(errs, fmt.Errorf("there is no delegated permission %q", n))
		}
	}
	for _, n := range reg.Application {
		if d.Permissions[n].Application == nil {
			errs = append(errs, fmt.Errorf("there is no application permission %q", n))
		}
	}
	return errors.Join(errs...)
}

func isOpenID(scope string) bool {
	return slices.Contains([]string{"openid", "profile", "email", "offline_access"}, scope)
}

// delegated finds a delegated permission, its name's case ignored as the vendor does.
func (d *vendorData) delegated(name string) (string, *permissionForm) {
	if p, ok := d.Permissions[name]; ok && p.Delegated != nil {
		return name, p.Delegated
	}
	for n, p := range d.Permissions {
		if p.Delegated != nil && strings.EqualFold(n, name) {
			return n, p.Delegated
		}
	}
	return "", nil
}

// has reports whether the type has the property.
func (d *vendorData) has(kind, property string) bool {
	_, found := slices.BinarySearch(d.Types[kind], property)
	return found
}

// property finds a type's property, its name's case ignored; "" when there is none.
func (d *vendorData) property(kind, name string) string {
	for _, p := range d.Types[kind] {
		if strings.EqualFold(p, name) {
			return p
		}
	}
	return ""
}

// permissionKey turns a route's pattern into the key of the vendor's table:
// lower case, "{id}" for every parameter.
func permissionKey(method, pattern string) string {
	parts := strings.Split(strings.ToLower(pattern), "/")
	for i, p := range parts {
		if strings.HasPrefix(p, "{") {
			parts[i] = "{id}" + strings.TrimPrefix(p[strings.Index(p, "}"):], "}")
		}
	}
	return method + " " + strings.Join(parts, "/")
}
