package sandbox

import (
	"encoding/base64"
	"net/http"
	"strings"
)

// class is a quota that several methods share: so many calls per project and
// minute. Figures are those of Chat's page on limits and Directory's.
type class struct {
	name, metric string
	perMinute    float64
}

// spaceCreation is how many spaces can be made in a minute.
const spaceCreation = 35

// Limits of one space, in calls per second, shared by every app in it. The page
// gives the rates and no burst; a burst of a few writes is ours, far below the
// minute's worth (60) of its older wording.
const (
	spaceReads      = 15
	spaceWrites     = 1
	spaceReadBurst  = 15
	spaceWriteBurst = 5
)

// quotaClass tells which quota a Chat method draws on.
func quotaClass(id string) (class, bool) {
	verb := id[strings.LastIndexByte(id, '.')+1:]
	write := verb != "list" && verb != "get" && verb != "search"
	pick := func(what, metric string, writes float64) (class, bool) {
		if write {
			return class{what + " writes", "chat.googleapis.com/" + metric + "_writes", writes}, true
		}
		return class{what + " reads", "chat.googleapis.com/" + metric + "_reads", 3000}, false
	}
	switch {
	case id == "chat.media.upload":
		return class{"Attachment writes", "chat.googleapis.com/attachment_writes", 600}, true
	case id == "chat.media.download", strings.Contains(id, ".attachments."):
		return class{"Attachment reads", "chat.googleapis.com/attachment_reads", 3000}, false
	case strings.Contains(id, ".reactions."):
		return pick("Reaction", "reaction", 600)
	case strings.Contains(id, ".messages."), strings.Contains(id, ".spaceEvents."):
		return pick("Message", "message", 3000)
	case strings.Contains(id, ".members."):
		return pick("Membership", "membership", 300)
	default:
		return pick("Space", "space", 60)
	}
}

// quota takes one from every quota that the call draws on.
func (c *call) quota() *apiError {
	w := c.g.world
	switch c.m.API {
	case "admin":
		if c.g.wrong(faultQuota) {
			e := legacy(http.StatusForbidden, "quotaExceeded", "Quota exceeded for quota metric 'Queries' and limit 'Queries per day' of service 'admin.googleapis.com' for consumer 'project_number:"+c.g.client.number+"'.")
			e.errors[0]["domain"] = "usageLimits"
			return e
		}
		// 2,400 queries a minute, user and project.
		if ok, _ := w.Allow("google directory "+c.tok.account, 2400.0/60, 2400); !ok {
			e := legacy(http.StatusForbidden, "userRateLimitExceeded", "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute per user' of service 'admin.googleapis.com' for consumer 'project_number:"+c.g.client.number+"'.")
			e.errors[0]["domain"] = "usageLimits"
			return e
		}
	case "workspaceevents":
		return c.eventQuota()
	case "chat":
		k, write := quotaClass(c.id)
		if c.g.wrong(faultQuota) {
			return c.exhausted(k)
		}
		if ok, _ := w.Allow("google chat "+k.name, k.perMinute/60, k.perMinute); !ok {
			return c.exhausted(k)
		}
		if c.id == "chat.spaces.create" || c.id == "chat.spaces.setup" {
			k = class{"Space creation", "chat.googleapis.com/space_creation", spaceCreation}
			if ok, _ := w.Allow("google chat "+k.name, k.perMinute/60, k.perMinute); !ok {
				return c.exhausted(k)
			}
		}
		space := c.spaceAsked()
		if space == "" {
			return nil
		}
		name, rate, burst := "read", float64(spaceReads), float64(spaceReadBurst)
		if write {
			name, rate, burst = "write", spaceWrites, spaceWriteBurst
		}
		if ok, _ := w.Allow("google space "+name+" "+space, rate, burst); !ok {
			return c.exhausted(class{"Per-space " + name + "s", "chat.googleapis.com/space_" + name + "_requests", rate * 60})
		}
	}
	return nil
}

// subscriptionsPerMinute and subscriptionsPerUser are how many writes, and as
// many reads, the Workspace Events API takes in a minute from a project and from
// one person in it.
const subscriptionsPerMinute, subscriptionsPerUser = 600, 100

// eventQuota takes one from the quotas of the Workspace Events API.
func (c *call) eventQuota() *apiError {
	what := "Writes"
	if c.m.HTTP == http.MethodGet {
		what = "Reads"
	}
	for key, perMinute := range map[string]float64{"": subscriptionsPerMinute, " of " + c.tok.key(c.g): subscriptionsPerUser} {
		if ok, _ := c.g.world.Allow("google subscriptions "+what+key, perMinute/60, perMinute); !ok {
			return c.exhausted(class{what, "workspaceevents.googleapis.com/" + strings.ToLower(what), perMinute})
		}
	}
	return nil
}

// spaceAsked is the space that a call is about, also where a file names it.
func (c *call) spaceAsked() string {
	space, _, _ := cutSpace(c.path)
	if space == "" && c.id == "chat.media.download" {
		if name, err := base64.RawURLEncoding.DecodeString(c.path["resourceName"]); err == nil {
			space, _, _ = cutSpace(map[string]string{"name": string(name)})
		}
	}
	return space
}

// cutSpace returns the room and the rest of the resource name in a path.
func cutSpace(path map[string]string) (space, rest, name string) {
	name = path["name"]
	if name == "" {
		name = path["parent"]
	}
	after, ok := strings.CutPrefix(name, "spaces/")
	if !ok {
		return "", "", name
	}
	space, rest, _ = strings.Cut(after, "/")
	return space, rest, name
}

func (c *call) exhausted(k class) *apiError {
	e := refuse(http.StatusTooManyRequests, "Quota exceeded for quota metric '%s' and limit '%s per minute' of service '%s' for consumer 'project_number:%s'.", k.name, k.name, c.service(), c.g.client.number)
	e.errors = []map[string]any{{"message": e.message, "domain": "global", "reason": "rateLimitExceeded"}}
	e.details = []map[string]any{errorInfo("RATE_LIMIT_EXCEEDED", map[string]any{
		"service": c.service(), "consumer": "projects/" + c.g.client.number,
		"quota_metric": k.metric, "quota_location": "global",
	})}
	return e
}
