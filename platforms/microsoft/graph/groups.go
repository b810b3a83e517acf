package graph

import "context"

// Group is a group of the directory (resource type group).
type Group struct {
	ID              string   `json:"id"`
	DisplayName     string   `json:"displayName"`
	Mail            string   `json:"mail"`
	Types           []string `json:"groupTypes"` // "Unified", "DynamicMembership"
	SecurityEnabled bool     `json:"securityEnabled"`
	MailEnabled     bool     `json:"mailEnabled"`
}

// Groups lists every group of the tenant, page by page.
func (c *Client) Groups(ctx context.Context, f func([]Group) error) error {
	return each(ctx, c, "list groups", get(
		"{+baseurl}/groups?$select=id,displayName,mail,groupTypes,securityEnabled,mailEnabled&$top=999", at()), f)
}

// userType marks an account among the members of a group; there are also
// devices, contacts and groups.
const userType = "#microsoft.graph.user"

// GroupMembers lists the object ids of the accounts in a group, also through
// groups within it, page by page.
func (c *Client) GroupMembers(ctx context.Context, group string, f func([]string) error) error {
	type member struct {
		ID   string `json:"id"`
		Type string `json:"@odata.type"`
	}
	// A cast to users in the path would be an advanced query, with a header of its
	// own and a directory that lags.
	members := get("{+baseurl}/groups/{group}/transitiveMembers?$select=id&$top=999", at("group", group))
	return each(ctx, c, "list group members", members, func(some []member) error {
		ids := make([]string, 0, len(some))
		for _, m := range some {
			if m.Type == userType {
				ids = append(ids, m.ID)
			}
		}
		return f(ids)
	})
}
