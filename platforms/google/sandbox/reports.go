package sandbox

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	world "miohub/platforms/sandbox"
)

// auditLife is how far back the admin log goes: six months.
const auditLife = 180 * 24 * time.Hour

// auditEvents names the Admin log's events for what changed of an account
// ("Admin Audit Activity Events - User Settings").
func auditEvents(t *world.Tenant, c world.Change) []string {
	switch c.Kind {
	case world.AccountAdded:
		return []string{"CREATE_USER"}
	case world.AccountDeleted:
		return []string{"DELETE_USER"}
	case world.AccountChanged:
	default:
		return nil
	}
	a, _ := t.Account(c.Account)
	either := func(is bool, yes, no string) string {
		if is {
			return yes
		}
		return no
	}
	names := map[string]string{
		"given": "CHANGE_FIRST_NAME", "family": "CHANGE_LAST_NAME", "name": "CHANGE_DISPLAY_NAME", "address": "RENAME_USER",
		"aliases": "ADD_NICKNAME", "unit": "MOVE_USER_TO_ORG_UNIT", "restored": "UNDELETE_USER",
		"suspended": either(a.Suspended, "SUSPEND_USER", "UNSUSPEND_USER"),
		"admin":     either(a.Admin, "GRANT_ADMIN_PRIVILEGE", "REVOKE_ADMIN_PRIVILEGE"),
		"licensed":  either(a.Licensed, "USER_LICENSE_ASSIGNMENT", "USER_LICENSE_REVOKE"),
	}
	var list []string
	for _, f := range c.Fields {
		list = append(list, names[f])
	}
	return list
}

// auditWindow reads the times a log is asked for.
func (g *google) auditWindow(c *call) (from, to time.Time, bad *apiError) {
	now := g.world.Clock.Now()
	from, to = now.Add(-auditLife), now
	for name, at := range map[string]*time.Time{"startTime": &from, "endTime": &to} {
		if text := c.params[name]; text != "" {
			t, err := time.Parse(time.RFC3339Nano, text)
			if err != nil {
				return from, to, legacy(http.StatusBadRequest, "invalid", "Invalid value for: "+name).at(name)
			}
			*at = t
		}
	}
	if c.params["endTime"] == "" {
		to = now.Add(time.Minute) // the tenant's stamps may be a little ahead
	}
	if !from.Before(to) || from.After(now) {
		return from, to, legacy(http.StatusBadRequest, "invalid", "Start time must be before end time and the present.").at("startTime")
	}
	return from, to, nil
}

// listActivities answers activities.list of the Admin log, the latest first. The
// real log lags behind by minutes; this one does not.
func (g *google) listActivities(c *call) (map[string]any, *apiError) {
	if customer := c.params["customerId"]; customer != "" && !g.ours(customer) {
		return nil, legacy(http.StatusForbidden, "forbidden", "Not Authorized to access this resource/api")
	}
	from, to, bad := g.auditWindow(c)
	if bad != nil {
		return nil, bad
	}
	out := map[string]any{"kind": "reports#activities", "etag": etag(c.path)}
	admin, _ := g.tenant.Account(g.tenant.Admin)
	if c.path["applicationName"] != "admin" {
		return out, nil // nothing else is logged here
	}
	if key := c.path["userKey"]; key != "all" && key != admin.ID && key != admin.Address {
		if _, known := g.tenant.Account(key); !known {
			return nil, legacy(http.StatusBadRequest, "invalid", "Invalid userKey")
		}
		return out, nil // all that is logged is the administrator's doing
	}
	size := 1000
	if n, err := strconv.Atoi(c.params["maxResults"]); err == nil {
		size = n
	}
	after, bad := c.after()
	if bad != nil {
		return nil, bad
	}
	log, _ := g.tenant.Changes(0)
	slices.Reverse(log)
	var items []map[string]any
	for _, change := range log {
		if seq, err := strconv.Atoi(after); err == nil && change.Seq >= seq || change.Time.Before(from) || change.Time.After(to) {
			continue
		}
		item := g.activity(admin, change, c.params["eventName"])
		if item == nil {
			continue
		}
		if len(items) == size {
			out["nextPageToken"] = c.nextPage(strconv.Itoa(change.Seq + 1))
			break
		}
		items = append(items, item)
	}
	if items != nil {
		out["items"] = items
	}
	return out, nil
}

// activity is an entry of the log, nil when the change has none.
func (g *google) activity(admin world.Account, c world.Change, wanted string) map[string]any {
	a, _ := g.tenant.Account(c.Account)
	var events []map[string]any
	for _, name := range auditEvents(g.tenant, c) {
		if wanted == "" || name == wanted {
			events = append(events, map[string]any{
				"type": "USER_SETTINGS", "name": name,
				"parameters": []map[string]any{{"name": "USER_EMAIL", "value": a.Address}},
			})
		}
	}
	if events == nil {
		return nil
	}
	out := map[string]any{
		"kind": "audit#activity", "ownerDomain": g.domain(), "events": events,
		"id":    map[string]any{"time": timestamp(c.Time), "uniqueQualifier": strconv.Itoa(c.Seq), "applicationName": "admin", "customerId": g.tenant.ID},
		"actor": map[string]any{"callerType": "USER", "email": admin.Address, "profileId": admin.ID},
	}
	out["etag"] = etag(out)
	return out
}
