package sandbox

import (
	"net/http"
	"time"
)

// window is how many seconds of a published rate may come at once. The vendor
// publishes rates and calls its algorithm a token bucket without giving the
// bucket's size; two seconds lets a client post and read back, and still
// refuses the third request to a channel within a second.
const window = 2

// rates are the vendor's "per app per tenant" rates, requests a second.
func rates(class string) float64 {
	switch class {
	case "GET team", "GET channel", "PATCH channel", "POST channel", "POST member", "other":
		return 30
	case "GET message":
		return 20
	case "POST message":
		return 50
	case "GET members", "GET channels":
		return 60
	}
	return 0
}

// throttle takes the call from every quota it counts against: the narrow ones
// first, so that a busy channel does not use up the application's share.
func (k *call) throttle() error {
	if k.who.app == k.hub && k.faults.On("microsoft.throttled") {
		return k.denyFor("graph.throttled.all", k.world.Clock.Wall(transientWait))
	}
	if k.route.class == "" {
		return nil
	}
	if k.route.class == "identity" {
		return k.throttleDirectory()
	}
	who := k.who.app.id + "|"
	team, channel := k.ids["team"], k.ids["channel"]
	type quota struct {
		key         string
		rate, burst float64
	}
	var quotas []quota
	if k.route.class == "POST message" && k.who.delegated() {
		quotas = append(quotas, quota{"user|" + k.who.account + "|" + channel, 1, window})
	}
	if channel != "" {
		quotas = append(quotas, quota{"channel|" + who + channel, 1, window})
	}
	if k.route.class == "POST member" {
		quotas = append(quotas, quota{"members|" + who + team, 4.0 / 60, 4})
	}
	if team != "" {
		quotas = append(quotas, quota{"team|" + who + team, 4, 4 * window})
	}
	rate := rates(k.route.class)
	quotas = append(quotas, quota{"class|" + who + k.route.class, rate, rate * window})
	for _, q := range quotas {
		if allowed, wait := k.world.Allow(k.tenant.Name+"|graph|"+q.key, q.rate, q.burst); !allowed {
			return k.tooMany(wait)
		}
	}
	return nil
}

// tooMany is Teams' answer to a request over a quota.
func (k *call) tooMany(wait time.Duration) *graphError {
	e := k.denyFor("graph.throttled.teams", wait)
	e.inner = map[string]any{"code": "429", "message": "Please retry after", "status": "429"}
	return e
}

// throttleDirectory takes resource units, and writes from a quota of their own.
func (k *call) throttleDirectory() error {
	accounts := k.feed.people()
	rate := 800.0 // resource units a second, by the tenant's size
	switch {
	case accounts < 50:
		rate = 350
	case accounts <= 500:
		rate = 500
	}
	key := k.tenant.Name + "|graph|identity|" + k.who.app.id
	if k.route.method != http.MethodGet {
		if allowed, wait := k.world.Allow(key+"|write", 20, 3000); !allowed {
			return k.overDirectory(wait, "WriteLimitExceeded")
		}
	}
	for range k.cost() {
		if allowed, wait := k.world.Allow(key, rate, rate*10); !allowed {
			return k.overDirectory(wait, "ResourceUnitLimitExceeded")
		}
	}
	return nil
}

func (k *call) overDirectory(wait time.Duration, why string) *graphError {
	e := k.denyFor("graph.throttled.directory", wait)
	e.header.Set("x-ms-throttle-limit-percentage", "1.0")
	e.header.Set("x-ms-throttle-scope", "Tenant_Application/ReadWrite/"+k.who.app.id+"/"+k.tenant.ID)
	e.header.Set("x-ms-throttle-information", why)
	return e
}

// cost is what the call takes of the resource units.
func (k *call) cost() int {
	cost := 1
	switch k.route.path {
	case "/users", "/oauth2PermissionGrants", "/servicePrincipals/{principal}/appRoleAssignments":
		cost = 2
	case "/groups/{group}/members", "/subscribedSkus":
		cost = 3
	}
	if len(k.query.sel) > 0 {
		cost--
	}
	if k.query.top > 0 && k.query.top < 20 {
		cost--
	}
	if k.query.has("$expand") {
		cost++
	}
	return max(1, cost)
}
