package graph

import (
	"context"

	abs "github.com/microsoft/kiota-abstractions-go"
)

// NewUser is an account to be made.
type NewUser struct {
	Address       string // the sign-in name, in a verified domain of the tenant
	Nickname      string // local part of the address it gets, without characters that mail forbids
	Name          string
	GivenName     string
	Surname       string
	UsageLocation string // country, two letters; "" for none
	Password      string // to be changed at the first sign-in
}

// CreateUser makes a member account.
func (c *Client) CreateUser(ctx context.Context, u NewUser) (User, error) {
	body := map[string]any{
		"accountEnabled": true, "displayName": u.Name, "mailNickname": u.Nickname, "userPrincipalName": u.Address,
		"passwordProfile": map[string]any{"password": u.Password, "forceChangePasswordNextSignIn": true},
	}
	for key, value := range map[string]string{"givenName": u.GivenName, "surname": u.Surname, "usageLocation": u.UsageLocation} {
		if value != "" {
			body[key] = value
		}
	}
	var made User
	err := c.call(ctx, "create user", carry(abs.POST, "{+baseurl}/users", at(), body), &made)
	return made, err
}

// EnableUser lets an account be used, or keeps it from it.
func (c *Client) EnableUser(ctx context.Context, id string, enabled bool) error {
	return c.call(ctx, "enable or disable user", carry(abs.PATCH, "{+baseurl}/users/{user}", at("user", id),
		map[string]any{"accountEnabled": enabled}), nil)
}

// SKU is a kind of licence that the tenant has bought (resource type subscribedSku).
type SKU struct {
	ID       string `json:"skuId"`
	Name     string `json:"skuPartNumber"` // "SPE_E3"
	For      string `json:"appliesTo"`     // "User" or "Company"
	Status   string `json:"capabilityStatus"`
	Consumed int    `json:"consumedUnits"`
	Prepaid  struct {
		Enabled int `json:"enabled"`
		Warning int `json:"warning"` // expired, but still good for a while
	} `json:"prepaidUnits"`
	Plans []struct {
		ID   string `json:"servicePlanId"`
		Name string `json:"servicePlanName"` // "TEAMS1"
	} `json:"servicePlans"`
}

// SKUs lists the kinds of licence of the tenant.
func (c *Client) SKUs(ctx context.Context) ([]SKU, error) {
	var all []SKU
	err := each(ctx, c, "list licences", get("{+baseurl}/subscribedSkus", at()), collect(&all))
	return all, err
}

// LicencesOf lists the kinds of licence that an account has, by id.
func (c *Client) LicencesOf(ctx context.Context, user string) ([]string, error) {
	var u struct {
		Assigned []struct {
			SKU string `json:"skuId"`
		} `json:"assignedLicenses"`
	}
	err := c.call(ctx, "get licences of user", get("{+baseurl}/users/{user}?$select=id,assignedLicenses", at("user", user)), &u)
	list := make([]string, len(u.Assigned))
	for i, a := range u.Assigned {
		list[i] = a.SKU
	}
	return list, err
}

// AssignLicence gives an account a licence with all its service plans.
func (c *Client) AssignLicence(ctx context.Context, user, sku string) error {
	body := map[string]any{
		"addLicenses":    []any{map[string]any{"skuId": sku, "disabledPlans": []string{}}},
		"removeLicenses": []string{},
	}
	var out struct{}
	return c.call(ctx, "assign licence", carry(abs.POST, "{+baseurl}/users/{user}/assignLicense", at("user", user), body), &out)
}
