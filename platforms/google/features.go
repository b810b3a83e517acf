package google

import "miohub/platforms"

// features are the parts of the hub that permissions are asked for.
func features() []platforms.FeatureInfo {
	return []platforms.FeatureInfo{
		{ID: platforms.FeatureConnect, Title: "Signing in", Brings: "Proves which organisation this is, and that the set-up works."},
		{ID: platforms.FeatureDirectory, Title: "People", Brings: "Imports people, to match them with their accounts on the other side."},
		{ID: platforms.FeatureRooms, Title: "Spaces", Brings: "Imports spaces and who is in them, to link them."},
		{ID: platforms.FeatureBridge, Title: "Messages", Brings: "Carries what is said in linked spaces."},
	}
}
