package google

import (
	_ "embed" // the script's text
	"maps"
	"slices"
	"strings"

	"miohub/platforms"
)

const scriptFile = "miohub-google.sh"

//go:embed script.sh
var scriptText string

// apiOf is the service to be switched on for the methods whose ids begin so.
func apiOf() map[string]string {
	return map[string]string{
		"chat": "chat.googleapis.com", "directory": "admin.googleapis.com", "reports": "admin.googleapis.com",
		"cloudidentity": "cloudidentity.googleapis.com", "licensing": "licensing.googleapis.com",
		"iam": "iam.googleapis.com", "iamcredentials": "iamcredentials.googleapis.com",
		"pubsub": "pubsub.googleapis.com", "workspaceevents": "workspaceevents.googleapis.com",
	}
}

// apisNeeded are the services that the methods of a table of grants belong to, sorted.
func apisNeeded(table []platforms.Grant) []string {
	known, needed := apiOf(), map[string]bool{}
	for _, g := range table {
		for _, id := range g.Methods {
			prefix, _, _ := strings.Cut(id, ".")
			if api := known[prefix]; api != "" {
				needed[api] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(needed))
}

// script makes, in Cloud Shell, what a script can make of the app registration,
// for the features that are on.
func script(v platforms.Values) string {
	yes := func(f platforms.Feature) string {
		if isOn(v, f) {
			return "yes"
		}
		return "no"
	}
	head := strings.Join([]string{
		"PROJECT=" + quoted(v.Get(keyProject)),
		"APIS=(" + strings.Join(each(apisNeeded(asked(v)), quoted), " ") + ")",
		"KEYLESS=" + quoted(yes(platforms.FeatureKeyless)),
		"PUSH=" + quoted(yes(platforms.FeaturePush)),
	}, "\n")
	return strings.Replace(scriptText, "# @values@\n", head+"\n", 1)
}

// quoted is a word for a shell that it takes as it is.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

func each(list []string, f func(string) string) []string {
	out := make([]string, 0, len(list))
	for _, s := range list {
		out = append(out, f(s))
	}
	return out
}
