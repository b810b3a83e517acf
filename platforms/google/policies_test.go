package google

import (
	"strings"
	"testing"

	"google.golang.org/api/cloudidentity/v1"

	"miohub/platforms"
)

func vendorPolicy(kind, setting, unit, group, value string, order float64) *cloudidentity.Policy {
	return &cloudidentity.Policy{
		Type: kind, Setting: &cloudidentity.Setting{Type: "settings/" + setting, Value: []byte(value)},
		PolicyQuery: &cloudidentity.PolicyQuery{OrgUnit: unit, Group: group, SortOrder: order},
	}
}

// judged is what a setting's check would find for these policies.
func judged(t *testing.T, id string, raw ...*cloudidentity.Policy) platforms.Finding {
	t.Helper()
	units := map[string]string{"root": "/", "sales": "/Sales"}
	for _, s := range settingsList() {
		if s.id != id {
			continue
		}
		var list []policy
		for _, p := range reduce(raw, units) {
			if p.setting == s.policy {
				list = append(list, p)
			}
		}
		return s.finding(&workspace{env: platforms.Env{Values: valuesWith(keyed())}}, list)
	}
	t.Fatalf("there is no setting %s", id)
	return platforms.Finding{}
}

func TestSettingsAreJudgedByTheirWeakestValue(t *testing.T) {
	const apps, history = "chat.chat_apps_access", "chat.space_history"
	for name, tc := range map[string]struct {
		id       string
		raw      []*cloudidentity.Policy
		status   platforms.Status
		evidence string
		cause    string
	}{
		"nobody set it":      {"apps", nil, platforms.Pass, "Google's own default", ""},
		"as it should be":    {"apps", []*cloudidentity.Policy{vendorPolicy("ADMIN", apps, "orgUnits/root", "", `{"enableApps":true}`, 1)}, platforms.Pass, "on in /.", ""},
		"with underscores":   {"apps", []*cloudidentity.Policy{vendorPolicy("ADMIN", apps, "orgUnits/root", "", `{"enable_apps":false}`, 1)}, platforms.Fail, "off in /.", "in /."},
		"one unit is weaker": {"apps", []*cloudidentity.Policy{vendorPolicy("ADMIN", apps, "orgUnits/root", "", `{"enableApps":true}`, 1), vendorPolicy("ADMIN", apps, "orgUnits/sales", "", `{"enableApps":false}`, 2)}, platforms.Fail, "on in /; off in /Sales.", "in /Sales."},
		"one group is weaker": {"history", []*cloudidentity.Policy{
			vendorPolicy("ADMIN", history, "orgUnits/root", "groups/01abc", `{"historyState":"HISTORY_ALWAYS_OFF"}`, 2),
		}, platforms.Warn, "always off in the group 01abc", "the group 01abc"},
		"the vendor's own gives way": {"apps", []*cloudidentity.Policy{
			vendorPolicy("ADMIN", apps, "orgUnits/root", "", `{"enableApps":true}`, 1), vendorPolicy("SYSTEM", apps, "orgUnits/root", "", `{"enableApps":false}`, 2),
		}, platforms.Pass, "on in /.", ""},
		"a later order wins": {"history", []*cloudidentity.Policy{
			vendorPolicy("ADMIN", history, "orgUnits/sales", "", `{"historyState":"DEFAULT_HISTORY_ON"}`, 7.5), vendorPolicy("ADMIN", history, "orgUnits/sales", "", `{"historyState":"DEFAULT_HISTORY_OFF"}`, 7.25),
		}, platforms.Pass, "on by default in /, /Sales.", ""},
		"a unit that was deleted": {"apps", []*cloudidentity.Policy{vendorPolicy("ADMIN", apps, "orgUnits/gone", "", `{"enableApps":false}`, 1)}, platforms.Fail, "the organisational unit gone", "gone"},
		"a value of tomorrow":     {"history", []*cloudidentity.Policy{vendorPolicy("ADMIN", history, "orgUnits/root", "", `{"historyState":"NEW_STATE"}`, 1)}, platforms.Warn, "NEW_STATE", "in /."},
		"no value at all":         {"apps", []*cloudidentity.Policy{vendorPolicy("ADMIN", apps, "orgUnits/root", "", `[]`, 1)}, platforms.Pass, "Google's own default", ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := judged(t, tc.id, tc.raw...)
			if f.Status != tc.status || !strings.Contains(f.Evidence, tc.evidence) || !strings.Contains(f.Cause, tc.cause) {
				t.Errorf("%+v", f)
			}
			if f.Status != platforms.Pass && (f.Fix == "" || f.FixURL == "") {
				t.Errorf("nothing to do: %+v", f)
			}
		})
	}
}
