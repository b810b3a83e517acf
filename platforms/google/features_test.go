package google

import (
	"context"

	"miohub/platforms"
)

// optional lists the features that can be switched off.
func optional() []platforms.Feature {
	var list []platforms.Feature
	for _, f := range features() {
		if f.Optional {
			list = append(list, f.ID)
		}
	}
	return list
}

// optionalSets is every set of features that can be on.
func optionalSets() [][]platforms.Feature {
	all := optional()
	sets := make([][]platforms.Feature, 0, 1<<len(all))
	for mask := range 1 << len(all) {
		var on []platforms.Feature
		for i, f := range all {
			if mask&(1<<i) != 0 {
				on = append(on, f)
			}
		}
		sets = append(sets, on)
	}
	return sets
}

// choose switches these optional features on and the others off.
func choose(v platforms.Values, on []platforms.Feature) {
	for _, f := range optional() {
		_ = v.Put(context.Background(), platforms.FeatureKey(f), "off")
	}
	for _, f := range on {
		_ = v.Put(context.Background(), platforms.FeatureKey(f), "on")
	}
}

func valuesWith(on []platforms.Feature) *memory {
	v := values()
	choose(v, on)
	return v
}
