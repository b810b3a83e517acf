package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// offlineAccess is the id of OpenID Connect's offline_access among Graph's
// delegated permissions, the same in every tenant.
const offlineAccess = "7427e0e9-2fba-42fe-b0c0-848c9e6a8182"

// manifest is the part of a registration's manifest that an administrator
// replaces here (Microsoft Graph app manifest).
type manifest struct {
	RequiredResourceAccess []struct {
		ResourceAppID  string `json:"resourceAppId"`
		ResourceAccess []struct {
			ID   string `json:"id"`
			Type string `json:"type"` // "Role": application, "Scope": delegated
		} `json:"resourceAccess"`
	} `json:"requiredResourceAccess"`
	KeyCredentials []struct {
		Key string `json:"key"` // base64 of the certificate
	} `json:"keyCredentials"`
}

// takeManifest replaces the registration's list of permissions and adds its
// certificates. What was consented to stays as it is.
func (c *cloud) takeManifest(w http.ResponseWriter, text string) {
	var m manifest
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		c.showCredentials(w, http.StatusBadRequest, "", "The manifest is no JSON object of a registration.")
		return
	}
	reg, err := c.listed(m)
	if err != nil {
		c.showCredentials(w, http.StatusBadRequest, "", err.Error())
		return
	}
	var certs []certificate
	for _, k := range m.KeyCredentials {
		cert, err := readCertificate(k.Key)
		if err != nil {
			c.showCredentials(w, http.StatusBadRequest, "", err.Error())
			return
		}
		certs = append(certs, cert)
	}
	for _, k := range certs {
		c.register(c.hub, k)
	}
	c.hub.require(reg)
	c.showCredentials(w, http.StatusOK, fmt.Sprintf("The manifest was saved: %d permissions.", len(reg.Application)+len(reg.Delegated)), "")
}

// listed reads the permissions of a manifest: ids that Graph has, and no other
// resource's.
func (c *cloud) listed(m manifest) (Registration, error) {
	apps, users := map[string]string{}, map[string]string{}
	for name, p := range c.data.Permissions {
		if p.Application != nil {
			apps[c.permissionID(name, p.Application, "application")] = name
		}
		if p.Delegated != nil {
			users[c.permissionID(name, p.Delegated, "delegated")] = name
		}
	}
	var reg Registration
	for _, resource := range m.RequiredResourceAccess {
		if resource.ResourceAppID != graphAppID {
			return reg, fmt.Errorf("the manifest lists the resource %s, which this tenant does not have", resource.ResourceAppID)
		}
		for _, access := range resource.ResourceAccess {
			id := strings.ToLower(access.ID)
			switch {
			case access.Type == "Role" && apps[id] != "":
				reg.Application = append(reg.Application, apps[id])
			case access.Type == "Scope" && users[id] != "":
				reg.Delegated = append(reg.Delegated, users[id])
			case access.Type == "Scope" && id == offlineAccess:
			default:
				return reg, fmt.Errorf("the manifest lists the permission %s (%s), which Microsoft Graph does not have", access.ID, access.Type)
			}
		}
	}
	return reg, nil
}

// registration is the list of permissions as it is now.
func (a *app) registration() Registration {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.reg
}

// require replaces the list of permissions.
func (a *app) require(reg Registration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.reg = reg
}
