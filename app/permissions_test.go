package app

import (
	"slices"
	"testing"

	"miohub/platforms"
)

func TestPermissionsAreNotSaidToBeUnaskedWhenTheyAreHeld(t *testing.T) {
	line := func(scope string, f platforms.Feature, asked bool, within ...string) Permission {
		return Permission{Grant: platforms.Grant{Scope: scope, Kind: platforms.Delegation, Feature: f, Within: within}, Asked: asked}
	}
	list := []Permission{
		line("messages", platforms.FeatureBridge, true),
		line("messages", platforms.FeaturePush, false),
		line("spaces", platforms.FeatureRoomEdit, true),
		line("spaces.readonly", platforms.FeatureRooms, false, "spaces"),
		line("users", platforms.FeatureProvision, false),
		line("users.readonly", platforms.FeatureProbe, false, "users"),
	}
	asked, broader, not := sortPermissions(list, func(f platforms.Feature) bool {
		return f != platforms.FeaturePush && f != platforms.FeatureProvision && f != platforms.FeatureProbe
	})
	scopes := func(list []Permission) []string {
		var out []string
		for _, g := range list {
			out = append(out, g.Scope)
		}
		return out
	}
	for _, c := range []struct {
		got  []Permission
		want []string
	}{{asked, []string{"messages", "spaces"}}, {broader, []string{"spaces.readonly"}}, {not, []string{"users", "users.readonly"}}} {
		if got := scopes(c.got); !slices.Equal(got, c.want) {
			t.Errorf("%v, want %v", got, c.want)
		}
	}
}
