package platforms

import "slices"

// Feature is a part of the hub that can be switched on and off.
type Feature string

// The features that ask for permissions.
const (
	FeatureConnect   Feature = "connect"   // signing in and checking the set-up
	FeatureDirectory Feature = "directory" // importing people
	FeatureRooms     Feature = "rooms"     // importing spaces and channels
	FeatureBridge    Feature = "bridge"    // carrying messages
	FeatureFiles     Feature = "files"     // carrying files
	FeatureRoomEdit  Feature = "room-edit" // renaming and making rooms, changing who is in them
	FeatureSettings  Feature = "settings"  // reading the tenant's settings instead of having them ticked
	FeatureProbe     Feature = "probe"     // trying out whether invitations are accepted automatically
	FeatureScope     Feature = "scope"     // reading groups and org units, to choose who takes part
	FeatureHints     Feature = "hints"     // reading the audit log to notice changes sooner
	FeatureProvision Feature = "provision" // guest and interop accounts
	FeatureKeyless   Feature = "keyless"   // delegation without a key file
	FeaturePush      Feature = "push"      // being told of changes instead of looking
)

// FeatureInfo is a feature as a platform offers it.
type FeatureInfo struct {
	ID     Feature
	Title  string // "Guest and interop accounts"
	Brings string // what it does, in a sentence
	Off    string // what does not happen while it is off, in a sentence
	// Optional features can be switched off. The others are what the hub is for.
	Optional bool
	// On is how an optional feature stands until somebody chooses.
	On bool
}

// featurePrefix precedes a feature's name in Values: "on" or "off".
const featurePrefix = "feature."

// FeatureKey is the key in Values under which it is kept whether an optional
// feature is on: "on" or "off", "" for how it stands until somebody chooses.
func FeatureKey(f Feature) string { return featurePrefix + string(f) }

// IsOn reports whether a feature is on with the present values.
func (f FeatureInfo) IsOn(v Values) bool {
	if !f.Optional {
		return true
	}
	switch v.Get(FeatureKey(f.ID)) {
	case "on":
		return true
	case "off":
		return false
	}
	return f.On
}

// On reports whether a feature of the list is on; one that the list lacks is off.
func On(list []FeatureInfo, v Values, id Feature) bool {
	i := slices.IndexFunc(list, func(f FeatureInfo) bool { return f.ID == id })
	return i >= 0 && list[i].IsOn(v)
}

// Asked is what is asked for with the features that are on: their grants, less
// those whose methods a broader scope allows that is asked for as well. The same
// scope may appear once for each feature that needs it.
func Asked(table []Grant, on func(Feature) bool) []Grant {
	var wanted []Grant
	for _, g := range table {
		if on(g.Feature) {
			wanted = append(wanted, g)
		}
	}
	return slices.DeleteFunc(slices.Clone(wanted), func(g Grant) bool {
		return slices.ContainsFunc(wanted, func(b Grant) bool { return b.Kind == g.Kind && slices.Contains(g.Within, b.Scope) })
	})
}

// Keys in Values that mean the same on every platform.
const (
	// KeyTestPeople names the chosen test people, addresses separated by blanks.
	// The fence admits them.
	KeyTestPeople = "test_people"
	// KeySource names how changes in rooms are noticed: SourcePoll or the id of a Push.
	KeySource = "source"
)

// SourcePoll is the value of KeySource for looking alone; "" means the same.
const SourcePoll = "poll"
