package sandbox

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	world "miohub/platforms/sandbox"
)

// TestEveryRouteIsInThePermissionTable: a call that the vendor's data does not
// know, or that nothing opens, must not be served.
func TestEveryRouteIsInThePermissionTable(t *testing.T) {
	data, err := readVendorData()
	must(t, err)
	c := &cloud{}
	known := map[string]bool{}
	for _, r := range c.routes() {
		key := permissionKey(r.method, r.path)
		known[key] = true
		if r.ruled {
			continue
		}
		p, listed := data.Paths[key]
		if !listed || p.Delegated == nil && p.Application == nil {
			t.Errorf("%s is served, but not in the permission table", key)
		}
		for _, o := range r.options {
			if !slices.Contains(strings.Fields(systemOptions), o) {
				t.Errorf("%s takes the unknown option %s", key, o)
			}
		}
		if slices.Contains(r.options, "$select") && len(data.Types[r.entity]) == 0 {
			t.Errorf("%s selects from the unknown type %q", key, r.entity)
		}
	}
	for key, why := range data.Additions {
		if why == "" || !known[key] {
			t.Errorf("%s was added to the table (%q), served: %v", key, why, known[key])
		}
	}
}

func TestRegistrationsAskForWhatExists(t *testing.T) {
	w := world.Blank(world.Size{})
	w.AddTenant(TenantName, "t", "Contoso", "contoso.example")
	for _, reg := range []Registration{
		{Delegated: []string{"No.Such"}}, {Application: []string{"ChannelMessage.Send"}}, {Delegated: []string{"Teamwork.Migrate.All"}},
	} {
		if _, err := New(w, reg); err == nil {
			t.Errorf("%+v was taken", reg)
		}
	}
	if _, err := New(world.Blank(world.Size{}), Registration{}); err == nil {
		t.Error("a World without the tenant was taken")
	}
}

// TestFilterParserTakesAnything: whatever is asked, it answers and ends.
func TestFilterParserTakesAnything(t *testing.T) {
	data, err := readVendorData()
	must(t, err)
	k := &call{cloud: &cloud{data: data}}
	word := rapid.SampledFrom(strings.Fields(`displayName id eq ne and or not ( ) , 'a' '' 'O''Brien' ' in startswith endswith any( x:x true null proxyAddresses/any 2026-01-01T00:00:00Z gt : ((`))
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(word, 0, 20).Draw(t, "words"), " ")
		f, err := k.parseFilter(text, "user")
		if (f == nil) == (err == nil) {
			t.Fatalf("%q: filter %v, error %v", text, f, err)
		}
		if f != nil {
			f.matches(map[string]any{"id": "a", "displayName": "a", "proxyAddresses": []string{"a"}})
		}
	})
}
