package sandbox

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"

	world "miohub/platforms/sandbox"
)

// searchSpaces answers spaces.search: all named spaces of the organisation for
// an administrator, the caller's own otherwise.
func (g *google) searchSpaces(c *call) (map[string]any, *apiError) {
	match, named, bad := searchQuery(c.params["query"], c.admin)
	if bad != nil {
		return nil, bad
	}
	order, bad := searchOrder(c.params["orderBy"], c.admin)
	if bad != nil {
		return nil, bad
	}
	var list []world.Room
	for _, r := range g.tenant.Rooms() {
		_, in := r.Members[c.tok.key(g)]
		if spaceType(r) == "SPACE" && (c.admin || in && named) && match(r) {
			list = append(list, r)
		}
	}
	slices.SortStableFunc(list, order)
	total, most := len(list), 100
	if c.admin {
		most = 1000
	}
	page, next, bad := pageOf(c, list, func(r world.Room) string { return r.ID }, 100, most)
	if bad != nil {
		return nil, bad
	}
	out := listing("results", page, func(r world.Room) map[string]any { return map[string]any{"space": g.space(r)} }, next)
	if !c.admin {
		return out, nil
	}
	out["totalSize"] = total
	for name, value := range listing("spaces", page, g.space, "") {
		out[name] = value // the deprecated twin of results
	}
	return out, nil
}

// searchQuery checks a query against the documented grammar. Between fields
// only AND is allowed; within display_name, space_history_state and
// external_user_allowed only OR; within times either.
func searchQuery(q string, admin bool) (match func(world.Room) bool, named bool, bad *apiError) {
	wrong := invalid("Invalid query.")
	if len(q) > 1000 {
		return nil, false, invalid("The query exceeds the maximum length of 1,000 characters.")
	}
	e, ok := parseFilter(q)
	if !ok {
		return nil, false, wrong
	}
	seen := map[string]int{}
	for _, group := range e.groups() {
		fields := map[string]bool{}
		group.fields(fields)
		if len(fields) != 1 || group.mixed {
			return nil, false, wrong
		}
		for field := range fields {
			seen[field]++
			if !group.leaf() && (field == "space_type" || field == "customer") {
				return nil, false, wrong
			}
			if time := field == "create_time" || field == "last_active_time"; !time && seen[field] > 1 {
				return nil, false, wrong
			}
		}
	}
	if bad := e.each(func(t expr) *apiError { return checkSearchTerm(t, admin, wrong) }); bad != nil {
		return nil, false, bad
	}
	if seen["space_type"] == 0 || admin && seen["customer"] == 0 {
		return nil, false, invalid("Invalid query: customer and space_type are required.")
	}
	return func(r world.Room) bool { return e.eval(func(t expr) bool { return searchTerm(t, r) }) }, seen["display_name"] > 0, nil
}

func checkSearchTerm(t expr, admin bool, wrong *apiError) *apiError {
	okay := false
	switch t.field {
	case "space_type":
		okay = t.op == "=" && t.value == "SPACE"
	case "display_name":
		okay = t.op == ":"
	case "external_user_allowed":
		okay = t.op == "=" && (t.value == "true" || t.value == "false")
	case "customer":
		okay = admin && t.op == "=" && t.value == "customers/my_customer"
	case "space_history_state":
		okay = admin && t.op == "=" && (t.value == "HISTORY_ON" || t.value == "HISTORY_OFF")
	case "create_time", "last_active_time":
		_, parsed := compareTime(time.Time{}, t.op, t.value)
		okay = admin && parsed
	}
	if okay {
		return nil
	}
	return wrong
}

func searchTerm(t expr, r world.Room) bool {
	switch t.field {
	case "display_name":
		return prefixesIn(t.value, r.Name)
	case "external_user_allowed":
		return r.External == (t.value == "true")
	case "space_history_state":
		return r.HistoryOff == (t.value == "HISTORY_OFF")
	case "create_time":
		is, _ := compareTime(r.Created, t.op, t.value)
		return is
	case "last_active_time":
		is, _ := compareTime(r.Active, t.op, t.value)
		return is
	}
	return true // space_type and customer hold for every room searched
}

// prefixesIn reports whether every word of want begins some word of name.
func prefixesIn(want, name string) bool {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
	for _, w := range strings.Fields(strings.ToLower(want)) {
		if !slices.ContainsFunc(words, func(have string) bool { return strings.HasPrefix(have, w) }) {
			return false
		}
	}
	return true
}

// searchOrder checks orderBy.
func searchOrder(by string, admin bool) (func(a, b world.Room) int, *apiError) {
	if by == "" {
		return func(a, b world.Room) int { return 0 }, nil
	}
	field, direction, _ := strings.Cut(strings.TrimSpace(by), " ")
	direction = strings.TrimSpace(direction)
	if direction == "" {
		direction = "ASC"
	}
	var order func(a, b world.Room) int
	switch snake(field) {
	case "create_time":
		order = func(a, b world.Room) int { return a.Created.Compare(b.Created) }
	case "last_active_time":
		order = func(a, b world.Room) int { return a.Active.Compare(b.Active) }
	case "membership_count.joined_direct_human_user_count":
		order = func(a, b world.Room) int { return cmp.Compare(len(a.Members), len(b.Members)) }
	}
	if !admin && (snake(field) != "create_time" || direction != "DESC") {
		order = nil
	}
	switch {
	case order != nil && direction == "ASC":
		return order, nil
	case order != nil && direction == "DESC":
		return func(a, b world.Room) int { return order(b, a) }, nil
	}
	return nil, invalid("Invalid order_by.")
}
