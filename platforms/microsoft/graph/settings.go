package graph

import "context"

// AuthorizationPolicy is what the tenant lets its people do (resource type
// authorizationPolicy).
type AuthorizationPolicy struct {
	// AllowInvitesFrom says who may invite guests: "none", "adminsAndGuestInviters",
	// "adminsGuestInvitersAndAllMembers" or "everyone".
	AllowInvitesFrom string `json:"allowInvitesFrom"`
}

// AuthorizationPolicy reads the tenant's.
func (c *Client) AuthorizationPolicy(ctx context.Context) (AuthorizationPolicy, error) {
	var p AuthorizationPolicy
	err := c.call(ctx, "get authorization policy", get("{+baseurl}/policies/authorizationPolicy", at()), &p)
	return p, err
}

// GroupSetting is a set of the tenant's settings for groups (resource type
// groupSetting).
type GroupSetting struct {
	DisplayName string `json:"displayName"`
	TemplateID  string `json:"templateId"`
	Values      []struct {
		Name  string `json:"name"`
		Value string `json:"value"` // "true", "false"
	} `json:"values"`
}

// Value is a setting by name; "" when it is not set, so that its default holds.
func (g GroupSetting) Value(name string) string {
	for _, v := range g.Values {
		if v.Name == name {
			return v.Value
		}
	}
	return ""
}

// GroupSettings lists what was changed from the defaults for all groups.
func (c *Client) GroupSettings(ctx context.Context) ([]GroupSetting, error) {
	var all []GroupSetting
	err := each(ctx, c, "list group settings", get("{+baseurl}/groupSettings", at()), collect(&all))
	return all, err
}
