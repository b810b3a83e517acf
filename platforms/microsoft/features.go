package microsoft

import (
	"context"

	"miohub/platforms"
)

// Features that only this platform has.
const (
	// featureMembers: member accounts with a licence, for people without one here.
	featureMembers platforms.Feature = "members"
	// featureDisable: keeping accounts from being used, and taking that back.
	featureDisable platforms.Feature = "disable"
	// featureConsents: reading the tenant's own record of delegated consents.
	featureConsents platforms.Feature = "consents"
	// featureSessions: ending the bridge account's sessions when disconnecting.
	featureSessions platforms.Feature = "sessions"
)

// features are the parts of the hub that permissions are asked for. What takes a
// permission that a security reviewer would stop at is off until somebody wants it.
func features() []platforms.FeatureInfo {
	return []platforms.FeatureInfo{
		{ID: platforms.FeatureConnect, Title: "Signing in", Brings: "Proves which organisation this is, and that the set-up works."},
		{ID: platforms.FeatureDirectory, Title: "People", Brings: "Imports people, to match them with their accounts on the other side."},
		{ID: platforms.FeatureRooms, Title: "Teams and channels", Brings: "Imports teams and channels and who is in them, to link them."},
		{ID: platforms.FeatureBridge, Title: "Messages", Brings: "Carries what is said in linked channels."},
		{
			ID: platforms.FeatureFiles, Title: "Files", Brings: "Carries the files that are posted in linked channels.",
			Off: "Files are named in the message and stay where they are.", Optional: true, On: true,
		},
		{
			ID: platforms.FeatureRoomEdit, Title: "Changing channels", Brings: "Renames and makes channels and changes who is in a team, after you approved each.",
			Off: "Names and members of linked channels are compared, and you change them yourself.", Optional: true, On: true,
		},
		{
			ID: platforms.FeatureSettings, Title: "Reading settings", Brings: "Reads whether guests may be invited, whether groups take guests and how many Teams licences are left.",
			Off: "You tick these settings yourself, and nobody notices when they change.", Optional: true, On: true,
		},
		{
			ID: platforms.FeatureScope, Title: "Choosing by group", Brings: "Reads groups and who is in them, to choose who takes part.",
			Off: "Who takes part is chosen person by person, or everybody.", Optional: true, On: true,
		},
		{
			ID: platforms.FeatureProvision, Title: "Guest accounts", Brings: "Makes guest accounts for people without a licence here, after you approved each.",
			Off: "People without an account here take no part.", Optional: true, On: true,
		},
		{
			ID: featureMembers, Title: "Member accounts", Brings: "Makes member accounts with a licence for people on your own domains, whom Entra does not take as guests, after you approved each.",
			Off: "People on your own domains without an account here take no part.", Optional: true,
		},
		{
			ID: featureDisable, Title: "Disabling accounts", Brings: "Disables accounts that the hub made once their people have left, after you approved each, and enables them again.",
			Off: "You are told which accounts are no longer needed and disable them yourself.", Optional: true,
		},
		{
			ID: platforms.FeaturePush, Title: "Change notifications", Brings: "Lets Microsoft say by itself, through your own event hub, that something was said in a linked channel.",
			Off: "Linked channels are looked at from time to time.", Optional: true,
		},
		{
			ID: featureConsents, Title: "Reading consents back", Brings: "Reads the tenant's own record of what was consented to for the bridge account, beside what its sign-in carries.",
			Off: "What the bridge account may do is judged by what Entra puts into its sign-in.", Optional: true,
		},
		{
			ID: featureSessions, Title: "Ending sessions", Brings: "Ends every session of the bridge account when you disconnect and ask for it.",
			Off: "You end them in Entra; the page is named when you disconnect.", Optional: true,
		},
	}
}

// asked is what is asked for with the features that are on.
func asked(v platforms.Values) []platforms.Grant {
	list := features()
	return platforms.Asked(grants(), func(f platforms.Feature) bool { return platforms.On(list, v, f) })
}

// on reports whether a feature is on with the present values.
func (s *session) on(f platforms.Feature) bool { return platforms.On(features(), s.env.Values, f) }

// unset are values of which none is set: every feature stands as it does until
// somebody chooses.
type unset struct{}

// Get implements platforms.Values.
func (unset) Get(string) string { return "" }

// Put implements platforms.Values; nothing is kept.
func (unset) Put(context.Context, string, string) error { return nil }

// Delete implements platforms.Values.
func (unset) Delete(context.Context, string) error { return nil }
