package graph

import (
	"context"
	"encoding/json"
	"slices"

	abs "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoftgraph/msgraph-sdk-go/invitations"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/organization"
	"github.com/microsoftgraph/msgraph-sdk-go/users"
)

// userFields is what is selected of an account. The default answer lacks the
// addresses and plans.
var userFields = []string{
	"id", "displayName", "givenName", "surname", "userPrincipalName", "mail", "proxyAddresses",
	"otherMails", "accountEnabled", "userType", "employeeId", "department", "assignedPlans",
}

// User is one account of the directory (resource type user).
type User struct {
	ID                string   `json:"id"`
	DisplayName       string   `json:"displayName"`
	GivenName         string   `json:"givenName"`
	Surname           string   `json:"surname"`
	UserPrincipalName string   `json:"userPrincipalName"`
	Mail              string   `json:"mail"`
	ProxyAddresses    []string `json:"proxyAddresses"` // "SMTP:primary", "smtp:alias", "sip:…", "x500:…"
	OtherMails        []string `json:"otherMails"`
	AccountEnabled    *bool    `json:"accountEnabled"`
	UserType          string   `json:"userType"` // "Member", "Guest"
	EmployeeID        string   `json:"employeeId"`
	Department        string   `json:"department"`
	AssignedPlans     []Plan   `json:"assignedPlans"`
	// Removed is set in delta answers for an account that is gone.
	Removed *struct {
		Reason string `json:"reason"` // "changed": may come back; "deleted"
	} `json:"@removed"`

	// Complete: every selected property was in the answer. A delta may name
	// only what changed.
	Complete bool `json:"-"`
}

// Plan is a service plan that a licence gives an account.
type Plan struct {
	ServicePlanID    string `json:"servicePlanId"`
	Service          string `json:"service"`
	CapabilityStatus string `json:"capabilityStatus"` // Enabled, Warning, Suspended, Deleted, LockedOut
}

type plainUser User

// UnmarshalJSON notes which of the selected properties were there.
func (u *User) UnmarshalJSON(data []byte) error {
	if err := json.Unmarshal(data, (*plainUser)(u)); err != nil {
		return err
	}
	var there map[string]json.RawMessage
	if err := json.Unmarshal(data, &there); err != nil {
		return err
	}
	u.Complete = !slices.ContainsFunc(userFields, func(f string) bool {
		_, ok := there[f]
		return !ok
	})
	return nil
}

// me is what the SDK writes in place of a user's id; its middleware makes /me of it.
const me = "me-token-to-replace"

// Me is the signed-in account.
func (c *Client) Me(ctx context.Context) (User, error) { return c.User(ctx, me) }

// User is one account, by object id or user principal name.
func (c *Client) User(ctx context.Context, key string) (User, error) {
	var u User
	b := users.NewUserItemRequestBuilderInternal(at("user%2Did", key), c.adapter)
	err := c.call(ctx, "get user", func(ctx context.Context) (*abs.RequestInformation, error) {
		return b.ToGetRequestInformation(ctx, &users.UserItemRequestBuilderGetRequestConfiguration{
			QueryParameters: &users.UserItemRequestBuilderGetQueryParameters{Select: userFields},
		})
	}, &u)
	return u, err
}

// Role is a directory role.
type Role struct {
	DisplayName string `json:"displayName"`
	TemplateID  string `json:"roleTemplateId"`
}

// MyRoles are the signed-in account's directory roles, also those held through
// groups.
func (c *Client) MyRoles(ctx context.Context) ([]Role, error) {
	var all []Role
	// The documented form; the SDK writes the type as "graph.directoryRole".
	err := each(ctx, c, "list own roles", get("{+baseurl}/me/transitiveMemberOf/microsoft.graph.directoryRole", at()), collect(&all))
	return all, err
}

func collect[T any](all *[]T) func([]T) error {
	return func(some []T) error { *all = append(*all, some...); return nil }
}

// Organization is the tenant (resource type organization).
type Organization struct {
	ID          string   `json:"id"` // the tenant id
	DisplayName string   `json:"displayName"`
	Domains     []Domain `json:"verifiedDomains"`
	Country     string   `json:"countryLetterCode"` // two letters, "" when not set
}

// Domain is a verified domain of a tenant.
type Domain struct {
	Name    string `json:"name"`
	Default bool   `json:"isDefault"`
	Initial bool   `json:"isInitial"` // the onmicrosoft.com one
}

// Organization is the signed-in tenant.
func (c *Client) Organization(ctx context.Context) (Organization, error) {
	var all []Organization
	b := organization.NewOrganizationRequestBuilderInternal(at(), c.adapter)
	err := each(ctx, c, "get organization", func(ctx context.Context) (*abs.RequestInformation, error) {
		return b.ToGetRequestInformation(ctx, &organization.OrganizationRequestBuilderGetRequestConfiguration{
			QueryParameters: &organization.OrganizationRequestBuilderGetQueryParameters{
				Select: []string{"id", "displayName", "verifiedDomains", "countryLetterCode"},
			},
		})
	}, collect(&all))
	if err != nil || len(all) == 0 {
		return Organization{}, err
	}
	return all[0], nil
}

// UserDelta is one page of a directory's changes.
type UserDelta struct {
	Users     []User
	NextLink  string // the next page; "" on the last
	DeltaLink string // where the next read starts; on the last page
}

// UsersDelta reads one page: from the beginning when link is "", else where
// that next or delta link leads.
func (c *Client) UsersDelta(ctx context.Context, link string) (UserDelta, error) {
	b := follow(link)
	if link == "" {
		b = func(ctx context.Context) (*abs.RequestInformation, error) {
			return users.NewDeltaRequestBuilderInternal(at(), c.adapter).ToGetRequestInformation(ctx,
				&users.DeltaRequestBuilderGetRequestConfiguration{
					QueryParameters: &users.DeltaRequestBuilderGetQueryParameters{Select: userFields},
				})
		}
	}
	var p page[User]
	err := c.call(ctx, "list changed users", b, &p)
	return UserDelta{Users: p.Value, NextLink: p.NextLink, DeltaLink: p.DeltaLink}, err
}

// Invite makes a guest account for an address and answers its object id. No
// mail is sent.
func (c *Client) Invite(ctx context.Context, address, name, redirect string) (string, error) {
	silent := false
	body := models.NewInvitation()
	body.SetInvitedUserEmailAddress(&address)
	body.SetInviteRedirectUrl(&redirect)
	body.SetSendInvitationMessage(&silent)
	if name != "" {
		body.SetInvitedUserDisplayName(&name)
	}
	b := invitations.NewInvitationsRequestBuilderInternal(at(), c.adapter)
	var out struct {
		InvitedUser struct {
			ID string `json:"id"`
		} `json:"invitedUser"`
	}
	err := c.call(ctx, "invite guest", func(ctx context.Context) (*abs.RequestInformation, error) {
		return b.ToPostRequestInformation(ctx, body, nil)
	}, &out)
	return out.InvitedUser.ID, err
}

// FindUsers lists the accounts that an address belongs to: as mail, as an alias
// or as the sign-in name.
func (c *Client) FindUsers(ctx context.Context, address string) ([]User, error) {
	a := quote(address)
	filter := "mail eq '" + a + "' or userPrincipalName eq '" + a + "' or proxyAddresses/any(p:p eq 'smtp:" + a + "')"
	var all []User
	b := users.NewUsersRequestBuilderInternal(at(), c.adapter)
	err := each(ctx, c, "find user", func(ctx context.Context) (*abs.RequestInformation, error) {
		return b.ToGetRequestInformation(ctx, &users.UsersRequestBuilderGetRequestConfiguration{
			QueryParameters: &users.UsersRequestBuilderGetQueryParameters{Filter: &filter, Select: userFields},
		})
	}, collect(&all))
	return all, err
}
