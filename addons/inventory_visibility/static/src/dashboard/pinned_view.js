/**
 * Make what is searched for and shown the user's own default: a favourite filter of this action, so
 * that it is found, changed and removed where favourites are.
 *
 * @param {import("./dashboard_search_model").DashboardSearchModel} searchModel
 * @param {Object} orm
 * @param {string} description of the favourite
 */
export async function pinView(searchModel, orm, description) {
    const isOwn = (item) => item.type === "favorite" && item.userIds?.length === 1;
    const former = Object.values(searchModel.searchItems).filter(
        (item) => isOwn(item) && item.description === description.toString()
    );
    const values = searchModel.getIrFilterValues({
        description: description.toString(),
        isDefault: true,
        isShared: false,
    });
    if (former.length) {
        const { name, domain, context, sort, is_default } = values;
        await orm.write(
            "ir.filters",
            former.map((item) => item.serverSideId),
            { name, domain, context, sort, is_default }
        );
        return;
    }
    await searchModel.createNewFavorite({ description, isDefault: true, isShared: false });
}
