package google

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"google.golang.org/api/licensing/v1"
	"google.golang.org/api/option"

	"miohub/platforms"
	"miohub/platforms/transport"
)

// The products whose licences are of interest, and the one kind of licence that
// costs nothing ("Product and SKU IDs" of the License Manager API).
const (
	productWorkspace = "Google-Apps"
	productEducation = "101031"
	productIdentity  = "101001" // Cloud Identity Free
	freeIdentity     = productIdentity + "/1010010001"

	assignmentsPerPage = 1000
)

// licences gives Google Workspace licences. A kind of licence is known by
// "product/SKU".
type licences struct{ w *workspace }

func (l *licences) api(ctx context.Context) (*licensing.Service, error) {
	client, err := l.w.clientAs(l.w.asAdmin(scopeLicences), l.w.endpoints.licensing)
	if err != nil {
		return nil, err
	}
	api, err := licensing.NewService(ctx, option.WithEndpoint(l.w.endpoints.licensing), option.WithHTTPClient(client))
	return api, failed("licensing client", err)
}

// Offers lists the kinds of licence that somebody in the organisation has, and
// Cloud Identity Free. Google tells which are assigned, not which were bought,
// so how many are left stays unknown.
func (l *licences) Offers(ctx context.Context) ([]platforms.LicenceOffer, error) {
	api, err := l.api(ctx)
	if err != nil {
		return nil, err
	}
	offers := map[platforms.LicenceID]platforms.LicenceOffer{
		freeIdentity: {ID: freeIdentity, Name: "Cloud Identity Free", Free: -1},
	}
	for _, product := range []string{productWorkspace, productEducation, productIdentity} {
		err := api.LicenseAssignments.ListForProduct(product, string(l.w.tenant().ID)).MaxResults(assignmentsPerPage).
			Fields("nextPageToken,items(productId,skuId,skuName)").
			Pages(ctx, func(answer *licensing.LicenseAssignmentList) error {
				for _, a := range answer.Items {
					id := platforms.LicenceID(a.ProductId + "/" + a.SkuId)
					offers[id] = platforms.LicenceOffer{
						ID: id, Name: a.SkuName, Free: -1, Chat: a.ProductId != productIdentity, Paid: id != freeIdentity,
					}
				}
				return nil
			})
		err = failed("list licences", err)
		if err != nil && platforms.KindOf(err) != platforms.NotFound { // a product the organisation does not have
			return nil, err
		}
	}
	return slices.SortedFunc(maps.Values(offers), func(a, b platforms.LicenceOffer) int { return cmp.Compare(a.Name, b.Name) }), nil
}

// Assign gives an account a licence.
func (l *licences) Assign(ctx context.Context, user platforms.UserID, licence platforms.LicenceID) error {
	const op = "assign licence"
	product, sku, ok := strings.Cut(string(licence), "/")
	if !ok {
		return &platforms.Error{Kind: platforms.Invalid, Op: "google: " + op, Text: "the licence is not named by product and SKU"}
	}
	// Licences are kept by the present address, not by the account's id.
	address, err := l.w.addressOf(ctx, user)
	if err != nil {
		return err
	}
	api, err := l.api(ctx)
	if err != nil {
		return err
	}
	_, err = api.LicenseAssignments.Insert(product, sku, &licensing.LicenseAssignmentInsert{UserId: address}).Context(transport.Idempotent(ctx)).Do()
	failure := failed(op, err)
	l.w.people.forget(user)
	if platforms.KindOf(failure) != platforms.Conflict {
		return failure
	}
	// It is there already, or none is left: only a look tells.
	if _, err = api.LicenseAssignments.Get(product, sku, address).Fields("skuId").Context(ctx).Do(); err == nil {
		return nil
	}
	if err = failed("look for licence", err); platforms.KindOf(err) != platforms.NotFound {
		return err
	}
	return asInvalid(failure)
}
