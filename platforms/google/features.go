package google

import "miohub/platforms"

// features are the parts of the hub that permissions are asked for, in the order
// in which they are shown.
func features() []platforms.FeatureInfo {
	return []platforms.FeatureInfo{
		{
			ID: platforms.FeatureConnect, Title: "Signing in",
			Brings: "Proves which organisation this is, and that the set-up works.",
		},
		{
			ID: platforms.FeatureDirectory, Title: "People",
			Brings: "Imports people, to match them with their accounts on the other side.",
		},
		{
			ID: platforms.FeatureRooms, Title: "Spaces",
			Brings: "Imports spaces and who is in them, to link them.",
		},
		{
			ID: platforms.FeatureBridge, Title: "Messages",
			Brings: "Carries what is said in linked spaces, with edits, deletions and reactions.",
		},
		{
			ID: platforms.FeatureFiles, Title: "Files", Optional: true, On: true,
			Brings: "Carries files along with messages. It asks for nothing of its own: the permission for messages covers their attachments.",
			Off:    "A message says which file it came with, and the file stays where it is.",
		},
		{
			ID: platforms.FeatureRoomEdit, Title: "Making and changing spaces", Optional: true, On: true,
			Brings: "Makes spaces for channels, renames them, and adds and removes people, each time after an administrator has approved it.",
			Off:    "Spaces are made and renamed, and people added, by hand in Google Chat.",
		},
		{
			ID: platforms.FeatureSettings, Title: "Reading settings", Optional: true, On: true,
			Brings: "Reads the settings of Google Chat in each organisational unit, so that they need not be looked up and ticked.",
			Off:    "The settings are looked up by hand and ticked, and a later change goes unnoticed.",
		},
		{
			ID: platforms.FeatureScope, Title: "Choosing by group and organisational unit", Optional: true, On: true,
			Brings: "Lets you choose by group or organisational unit who takes part.",
			Off:    "People are chosen one by one, or all of them.",
		},
		{
			ID: platforms.FeatureProbe, Title: "Trying out invitations", Optional: true,
			Brings: "Proves with a temporary space and a test person that invitations are accepted automatically, and removes the space again.",
			Off:    "Whether invitations are accepted automatically is ticked, not proved.",
		},
		{
			ID: platforms.FeatureHints, Title: "Noticing changes sooner", Optional: true,
			Brings: "Looks into the audit log for changed accounts, and reads the directory at once when there are some.",
			Off:    "Changes in the directory are noticed at the next regular look.",
		},
		{
			ID: platforms.FeatureProvision, Title: "Accounts for people without one", Optional: true,
			Brings: "Makes guest or interop accounts for people of the other side, each time after an administrator has approved it, and suspends them when they leave. No account is ever deleted.",
			Off:    "People without an account here are heard through the Chat app, under their name.",
		},
		{
			ID: platforms.FeatureKeyless, Title: "Delegation without a key file", Optional: true,
			Brings: "Lets Google sign for the service account when the administrator who signed in asks for it, where an organisation forbids key files.",
			Off:    "The service account signs with the key file chosen in the first step.",
		},
		{
			ID: platforms.FeaturePush, Title: "Being told of messages", Optional: true,
			Brings: "Lets Google Chat announce new messages through Pub/Sub, so that they arrive within a second and quiet spaces need not be looked at.",
			Off:    "Linked spaces are looked at every few seconds.",
		},
	}
}
