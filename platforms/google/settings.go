package google

import (
	"context"
	"fmt"
	"strings"

	"miohub/platforms"
)

// codeSetting precedes the codes of the checks of single settings.
const codeSetting = "google.settings."

// chatSetting is one setting of Google Chat that an administrator confirms. Names and
// values are those of the Policy API, see "Settings available in the API"
// (https://docs.cloud.google.com/identity/docs/concepts/supported-policy-api-settings).
type chatSetting struct {
	id    string // of the tick and, after codeSetting, the check
	label string // of the tick
	text  string // what hangs on it
	// policy is the Policy API's type, field what is judged, standard the value
	// that Google sets until somebody changes it.
	policy, field, standard string
	words                   map[string]string // values in words
	// judge tells what a value means: nothing wrong, Warn or Fail, with why and
	// what to do.
	judge func(w *workspace, value string) (platforms.Status, string, string)
}

func fine(*workspace, string) (platforms.Status, string, string) { return platforms.Pass, "", "" }

// settingsList is the product's own list of what it depends on, in the order of
// the step.
func settingsList() []chatSetting {
	onOff := map[string]string{"true": "on", "false": "off", "ENABLED": "on", "DISABLED": "off"}
	return []chatSetting{
		{
			id: "service", label: "Google Chat is on", text: "A change can take up to a day to reach everybody.",
			policy: "chat.service_status", field: "serviceState", standard: "ENABLED", words: onOff,
			judge: func(_ *workspace, v string) (platforms.Status, string, string) {
				if v != "DISABLED" {
					return platforms.Pass, "", ""
				}
				return platforms.Fail, "Google Chat is switched off", "Switch it on for everybody who takes part. A change can take a day."
			},
		},
		{
			id: "apps", label: "Chat apps are allowed", text: "Otherwise the Chat app cannot be added to a space.",
			policy: "chat.chat_apps_access", field: "enableApps", standard: "true", words: onOff,
			judge: func(_ *workspace, v string) (platforms.Status, string, string) {
				if v == "true" {
					return platforms.Pass, "", ""
				}
				return platforms.Fail, "Chat apps are not allowed, so the Chat app cannot post for people without an account", "Allow users to install Chat apps."
			},
		},
		{
			id: "history", label: "History is on for spaces", text: "In a space without history, messages vanish on the Google side while their copies stay on the other.",
			policy: "chat.space_history", field: "historyState", standard: "DEFAULT_HISTORY_ON",
			words: map[string]string{
				"DEFAULT_HISTORY_ON": "on by default", "DEFAULT_HISTORY_OFF": "off by default",
				"HISTORY_ALWAYS_ON": "always on", "HISTORY_ALWAYS_OFF": "always off",
			},
			judge: func(_ *workspace, v string) (platforms.Status, string, string) {
				if v == "DEFAULT_HISTORY_ON" || v == "HISTORY_ALWAYS_ON" {
					return platforms.Pass, "", ""
				}
				return platforms.Warn, "History is off for spaces: messages vanish here after a day while their copies stay on the other side", "Set “History for spaces” to on, or link only spaces that have it on."
			},
		},
		{
			id: "files", label: "Files may be shared inside the organisation", text: "Otherwise files from the other side cannot be posted.",
			policy: "chat.chat_file_sharing", field: "internalFileSharing", standard: "ALL_FILES",
			words: map[string]string{"ALL_FILES": "all files", "IMAGES_ONLY": "images only", "NO_FILES": "no files"},
			judge: func(w *workspace, v string) (platforms.Status, string, string) {
				if v == "ALL_FILES" || !w.on(platforms.FeatureFiles) {
					return platforms.Pass, "", ""
				}
				return platforms.Warn, "Not every file may be shared in Google Chat: what is refused stays a note in the message", "Allow all files under “Chat file sharing”, if that is what you want."
			},
		},
		{
			id: "access", label: "New spaces are private", text: "A space that everybody can find and join makes its linked channel readable for everybody too.",
			policy: "chat.space_access_default", field: "accessType", standard: "RESTRICTED",
			words: map[string]string{"RESTRICTED": "private", "PRIMARY_TARGET_AUDIENCE": "open to the organisation's main audience"},
			judge: func(_ *workspace, v string) (platforms.Status, string, string) {
				if v == "RESTRICTED" {
					return platforms.Pass, "", ""
				}
				return platforms.Warn, "New spaces can be found and joined by the organisation's main audience", "Set the default access of spaces to Restricted, or keep in mind who can join when you link one."
			},
		},
		{
			id: "external-chat", label: "Chats with people outside are as you want them", text: "Guest accounts need them; nothing else does.",
			policy: "chat.external_chat_restriction", field: "allowExternalChat", standard: "true", words: onOff,
			judge: func(w *workspace, v string) (platforms.Status, string, string) {
				if v == "true" || !w.on(platforms.FeatureProvision) {
					return platforms.Pass, "", ""
				}
				return platforms.Warn, "Chats with people outside are off, so guest accounts cannot take part", "Switch external chat on where guests are to take part."
			},
		},
		{
			id: "external-spaces", label: "Spaces with people outside are as you want them", text: "Mio Hub needs none. Such spaces are shown as such and never linked unasked.",
			policy: "chat.external_spaces", field: "enabled", standard: "true", words: onOff, judge: fine,
		},
		{
			id: "archiving", label: "Archiving is as you want it", text: "Where chats are archived elsewhere, what the other side says in linked spaces is archived too.",
			policy: "chat.third_party_archiving", field: "enabled", standard: "false", words: onOff, judge: fine,
		},
	}
}

// check is the test that proves a setting.
func (s chatSetting) check(w *workspace) platforms.Check {
	return platforms.Check{
		Code: codeSetting + s.id, Title: "Setting: " + s.label, Needs: w.needs(scopePolicies),
		Run: func(ctx context.Context) platforms.Finding {
			if f, missing := w.settingsReady(); missing {
				return f
			}
			list, err := w.policies.of(ctx, s.policy)
			if err != nil {
				return w.finding(err)
			}
			return s.finding(w, list)
		},
	}
}

// finding judges a setting by its weakest value; the evidence names every value
// with where it applies.
func (s chatSetting) finding(w *workspace, list []policy) platforms.Finding {
	values, defaulted := spread(list, s.field, s.standard)
	f := platforms.Finding{Status: platforms.Pass}
	var seen []string
	for _, v := range values {
		seen = append(seen, fmt.Sprintf("%s in %s", s.inWords(v.value), strings.Join(v.where, ", ")))
		status, why, fix := s.judge(w, v.value)
		if status == platforms.Pass || f.Status == platforms.Fail {
			continue
		}
		f.Status, f.Fix = status, fix
		f.Cause = fmt.Sprintf("%s in %s.", why, strings.Join(v.where, ", "))
		f.FixURL = consoleURL(w.env.Values, "/ac/appslist/core")
	}
	f.Evidence = "Google's Policy API: " + strings.Join(seen, "; ") + "."
	if defaulted {
		f.Evidence += " Nobody changed it for the whole organisation, so Google's own default counts there."
	}
	return f
}

func (s chatSetting) inWords(value string) string {
	if w := s.words[value]; w != "" {
		return w
	}
	return value
}
