package google

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"google.golang.org/api/cloudidentity/v1"
	"google.golang.org/api/option"

	"miohub/platforms"
)

const (
	policiesPerPage = 100              // the most the Policy API gives
	policiesFresh   = 30 * time.Second // one round of checks reads them once

	// chatPolicies selects the settings of Google Chat.
	chatPolicies = `setting.type.matches('^settings/chat\\..*$')`
	settingsRoot = "settings/"
)

// policies reads the organisation's settings for Google Chat through the Policy
// API. For a setting, it tells the values that were set explicitly for an
// organisational unit or a group; what is below an organisational unit inherits
// them, and what nobody set has the vendor's default.
type policies struct {
	w *workspace

	mu   sync.Mutex
	read time.Time
	set  []policy
}

// policy is a setting's value for whoever it targets, by the names of its fields
// in lower case without underscores: published answers spell them both
// "historyState" and "history_state".
type policy struct {
	setting string // "chat.space_history"
	target  string // "/", "/Sales", "the group 01abc"
	root    bool   // it targets the whole organisation
	values  map[string]string
}

// of lists the policies of a setting, one for each target, the root first.
func (p *policies) of(ctx context.Context, setting string) ([]policy, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.read.IsZero() || p.w.env.Now().Sub(p.read) > policiesFresh {
		set, err := p.readAll(ctx)
		if err != nil {
			return nil, err
		}
		p.set, p.read = set, p.w.env.Now()
	}
	var list []policy
	for _, one := range p.set {
		if one.setting == setting {
			list = append(list, one)
		}
	}
	return list, nil
}

func (p *policies) readAll(ctx context.Context) ([]policy, error) {
	const op = "read the settings of Google Chat"
	client, err := p.w.clientAs(p.w.asAdmin(scopePolicies), p.w.endpoints.cloudidentity)
	if err != nil {
		return nil, err
	}
	api, err := cloudidentity.NewService(ctx, option.WithEndpoint(p.w.endpoints.cloudidentity), option.WithHTTPClient(client))
	if err != nil {
		return nil, failed(op, err)
	}
	var raw []*cloudidentity.Policy
	err = api.Policies.List().Filter(chatPolicies).PageSize(policiesPerPage).Pages(ctx, func(r *cloudidentity.ListPoliciesResponse) error {
		raw = append(raw, r.Policies...)
		return nil
	})
	if err != nil {
		return nil, failed(op, err)
	}
	units, err := p.w.orgUnitPaths(ctx)
	if err != nil {
		return nil, err
	}
	return reduce(raw, units), nil
}

// orgUnitPaths are the paths of organisational units by id. The root has no entry
// where an organisation's list leaves it out and nothing lies below it.
func (w *workspace) orgUnitPaths(ctx context.Context) (map[string]string, error) {
	directory, err := w.directory(ctx, w.asAdmin(scopeOrgUnits))
	if err != nil {
		return nil, err
	}
	answer, err := directory.Orgunits.List("my_customer").Type("allIncludingParent").Context(ctx).Do()
	if err != nil {
		return nil, failed("read organisational units", err)
	}
	paths := map[string]string{}
	for _, u := range answer.OrganizationUnits {
		paths[bareUnit(u.OrgUnitId)] = u.OrgUnitPath
		if u.ParentOrgUnitPath == "/" {
			// The root is not listed where an organisation has units below it.
			paths[bareUnit(u.ParentOrgUnitId)] = "/"
		}
	}
	return paths, nil
}

// bareUnit is an organisational unit's id without what the Directory API ("id:")
// and the Policy API ("orgUnits/") put before it.
func bareUnit(id string) string {
	return strings.TrimPrefix(strings.TrimPrefix(id, "id:"), "orgUnits/")
}

// reduce makes one policy of all that apply to the same target: the vendor's own
// first, then what administrators set, each by its order, field by field.
func reduce(raw []*cloudidentity.Policy, units map[string]string) []policy {
	ordered := slices.Clone(raw)
	slices.SortStableFunc(ordered, func(a, b *cloudidentity.Policy) int {
		if a.Type != b.Type && (a.Type == "SYSTEM" || b.Type == "SYSTEM") {
			if a.Type == "SYSTEM" {
				return -1
			}
			return 1
		}
		return cmp.Compare(orderOf(a), orderOf(b))
	})
	type key struct{ setting, target string }
	merged := map[key]policy{}
	for _, one := range ordered {
		if one.Setting == nil {
			continue
		}
		target, root := appliesTo(one.PolicyQuery, units)
		k := key{strings.TrimPrefix(one.Setting.Type, settingsRoot), target}
		into, ok := merged[k]
		if !ok {
			into = policy{setting: k.setting, target: target, root: root, values: map[string]string{}}
		}
		maps.Copy(into.values, fieldsOf(one.Setting.Value))
		merged[k] = into
	}
	list := slices.Collect(maps.Values(merged))
	slices.SortFunc(list, func(a, b policy) int {
		return strings.Compare(a.setting+"\x00"+a.target, b.setting+"\x00"+b.target)
	})
	return list
}

func orderOf(p *cloudidentity.Policy) float64 {
	if p.PolicyQuery == nil {
		return 0
	}
	return p.PolicyQuery.SortOrder
}

func appliesTo(q *cloudidentity.PolicyQuery, units map[string]string) (target string, root bool) {
	switch {
	case q == nil:
		return "/", true
	case q.Group != "":
		return "the group " + strings.TrimPrefix(q.Group, "groups/"), false
	}
	id := bareUnit(q.OrgUnit)
	if path, ok := units[id]; ok {
		return path, path == "/"
	}
	if id == "" {
		return "/", true
	}
	return "the organisational unit " + id, false
}

// fieldsOf flattens a setting's value: booleans and enumerations as text.
func fieldsOf(value []byte) map[string]string {
	var fields map[string]any
	if json.Unmarshal(value, &fields) != nil {
		return nil
	}
	out := map[string]string{}
	for name, v := range fields {
		out[bareField(name)] = fmt.Sprint(v)
	}
	return out
}

func bareField(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "")) }

// located is a value with the targets that have it.
type located struct {
	value string
	where []string
}

// spread tells where a field has which value, the root's first. What nobody set
// for the whole organisation has the default there.
func spread(list []policy, field, byDefault string) (values []located, defaulted bool) {
	put := func(value, where string) {
		for i := range values {
			if values[i].value == value {
				values[i].where = append(values[i].where, where)
				return
			}
		}
		values = append(values, located{value, []string{where}})
	}
	field = bareField(field)
	defaulted = true
	for _, p := range list {
		if v, ok := p.values[field]; ok && p.root {
			defaulted = false
			put(v, p.target)
		}
	}
	if defaulted {
		put(byDefault, "/")
	}
	for _, p := range list {
		if v, ok := p.values[field]; ok && !p.root {
			put(v, p.target)
		}
	}
	return values, defaulted
}

// settingsReady reports why settings cannot be read yet.
func (w *workspace) settingsReady() (platforms.Finding, bool) {
	if f, missing := w.notReady(); missing {
		return f, true
	}
	if !w.on(platforms.FeatureSettings) {
		return skipped("Reading settings is switched off.", "Look the setting up in the Admin Console and tick it, or switch “Reading settings” on."), true
	}
	return platforms.Finding{}, false
}
