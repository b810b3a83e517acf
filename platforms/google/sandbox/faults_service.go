package sandbox

import (
	"net/http"
	"strings"
	"time"

	world "miohub/platforms/sandbox"
)

// apiService is an API that is switched on and off in the app's project.
type apiService struct{ api, host, title string }

// apiServices are the APIs the project needs, by the names errors give them.
func apiServices() []apiService {
	return []apiService{
		{"admin", "admin.googleapis.com", "Admin SDK API"},
		{"chat", "chat.googleapis.com", "Google Chat API"},
		{"cloudidentity", "cloudidentity.googleapis.com", "Cloud Identity API"},
		{"licensing", "licensing.googleapis.com", "Enterprise License Manager API"},
		{"iam", "iam.googleapis.com", "Identity and Access Management (IAM) API"},
		{"pubsub", "pubsub.googleapis.com", "Cloud Pub/Sub API"},
		{"workspaceevents", "workspaceevents.googleapis.com", "Google Workspace Events API"},
		{"iamcredentials", "iamcredentials.googleapis.com", "IAM Service Account Credentials API"},
	}
}

// faultDisabled names the fault of a switched off API.
func faultDisabled(s apiService) string {
	name, _, _ := strings.Cut(s.host, ".")
	return "google.api-disabled." + name
}

// slowAnswers is how long every answer takes while Google is slow.
const slowAnswers = 4 * time.Second

// serviceFaults are about the project's APIs and the Chat service.
func (g *google) serviceFaults() []fault {
	const group = "Services"
	var list []fault
	for _, s := range apiServices() {
		list = append(list, fault{faultDisabled(s), group, s.title + " is switched off in the project", "The API is named, with Google's own link that switches it on.", nil})
	}
	return append(list,
		fault{faultAppMissing, group, "The Chat app was never configured", "The Chat app has to be configured, with the link; it is not a missing space.", nil},
		fault{faultChatOff, group, "Chat is switched off for " + orgUnit(g.person), "Chat is off for the person's org unit, with the page of the service.", nil},
		fault{faultQuota, group, "The project's quota is used up", "Google asks to slow down; work is queued and nothing lost.", nil},
		fault{faultSuspended, group, "Google suspended the event subscriptions", "Changes are looked for meanwhile; the subscriptions are reactivated or made anew.", g.suspendAll},
		fault{faultLost, group, "Notifications of changes are lost", "Changes arrive later, with the next look, and none is missed.", nil},
		fault{faultSlow, group, "Google answers slowly", "Everything takes longer; nothing is done twice.", g.slow},
		fault{faultAfter, group, "Google fails after it posted", "The messages wait and are not doubled when it answers again.", g.failAfter},
	)
}

// settingFaults are about the Admin Console's settings.
func (g *google) settingFaults() []fault {
	const group = "Settings"
	unit := orgUnit(g.person)
	return []fault{
		{faultAutoAccept, group, "Invitations are not accepted automatically", "People are only invited; the step that switches it on opens again.", nil},
		{faultAutoAcceptUnit, group, "Invitations are not accepted automatically in " + unit, "The same, proved for that org unit alone.", nil},
		{faultSettingsApps, group, "Chat apps are not allowed in " + unit, "The weakest org unit is named, with the page of the setting.", nil},
		{faultSettingsExternal, group, "Chat with people outside is off in " + unit, "The weakest org unit is named, with the page of the setting.", nil},
		{faultSettingsHistory, group, "History is off in " + unit, "The weakest org unit is named, with the page of the setting.", nil},
		{faultSettingsFiles, group, "Files may not be shared in " + unit, "The weakest org unit is named, with the page of the setting.", nil},
		{faultManualLicensing, group, "Licences are not given automatically", "A new account has no licence until it is assigned one.", nil},
		{faultNoLicence, group, "No licence is left", "A new account cannot use Chat; assigning a licence says that none is left.", nil},
	}
}

// slow delays the answers of the APIs.
func (g *google) slow(on bool) error {
	for _, api := range []string{"chat", "directory", "oauth"} {
		id := faultSlow + "." + api
		if !on {
			g.world.Faults.Clear(id)
			continue
		}
		g.world.Faults.Set(world.Fault{ID: id, Title: "Slow answers", API: api, Latency: slowAnswers})
	}
	return nil
}

// failAfter lets messages be posted and then answers that it failed.
func (g *google) failAfter(on bool) error {
	if !on {
		g.world.Faults.Clear(faultAfter)
		return nil
	}
	g.world.Faults.Set(world.Fault{
		ID: faultAfter, Title: "Failure after the effect", API: "chat", Method: http.MethodPost, Path: "/messages", After: true,
		Status: http.StatusServiceUnavailable, Header: http.Header{"Content-Type": {"application/json; charset=UTF-8"}},
		Body: `{"error":{"code":503,"message":"The service is currently unavailable.","status":"UNAVAILABLE"}}`,
	})
	return nil
}

// serviceTrouble refuses a call to an API that the project has not switched on,
// to Chat without an app, or by somebody whose org unit has Chat off.
func (c *call) serviceTrouble() *apiError {
	for _, s := range apiServices() {
		if (s.api == c.m.API || s.api == "admin" && c.m.API == "reports") && c.g.wrong(faultDisabled(s)) {
			return c.disabled(s)
		}
	}
	if c.m.API != "chat" {
		return nil
	}
	if c.g.wrong(faultAppMissing) {
		return refuse(http.StatusNotFound, "Google Chat app not found. To create a Chat app, you must turn on the Chat API and configure the app in the Google Cloud console.")
	}
	if a, known := c.g.tenant.Account(c.tok.account); known && c.g.chatOff(a) {
		return denied()
	}
	return nil
}

// chatOff reports whether the Chat service is off for an account's org unit.
func (g *google) chatOff(a world.Account) bool {
	return g.wrong(faultChatOff) && within(orgUnit(a), orgUnit(g.person))
}

// within reports whether one org unit is the other or lies below it.
func within(unit, of string) bool {
	return of == "/" || unit == of || strings.HasPrefix(unit, of+"/")
}

// disabled is the front end's refusal of a call to an API that is off.
func (c *call) disabled(s apiService) *apiError {
	link := "https://console.developers.google.com/apis/api/" + s.host + "/overview?project=" + c.g.client.number
	e := refuse(http.StatusForbidden, "%s has not been used in project %s before or it is disabled. Enable it by visiting %s then retry. "+
		"If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.", s.title, c.g.client.number, link)
	e.errors = []map[string]any{{"message": e.message, "domain": "usageLimits", "reason": "accessNotConfigured", "extendedHelp": "https://console.developers.google.com"}}
	e.details = []map[string]any{
		errorInfo("SERVICE_DISABLED", map[string]any{
			"service": s.host, "serviceTitle": s.title, "consumer": "projects/" + c.g.client.number,
			"containerInfo": c.g.client.number, "activationUrl": link,
		}),
		{"@type": "type.googleapis.com/google.rpc.LocalizedMessage", "locale": "en-US", "message": e.message},
		{"@type": "type.googleapis.com/google.rpc.Help", "links": []map[string]any{{"description": "Google developers console API activation", "url": link}}},
	}
	return e
}
