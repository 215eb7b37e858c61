import { SearchModel } from "@web/search/search_model";

/**
 * A search that fits into an address: what is searched for can be read out as plain data, and put
 * back after a reload. Filters go by their names, so an address outlives a change of their order.
 */
/** Facets that say something of columns of some kinds only. */
const KINDS_OF_FACETS = {
    warehouse_id: ["warehouse", "location"],
    place_group_id: ["warehouse", "group", "location"],
    external_place_id: ["external_place"],
};

export class DashboardSearchModel extends SearchModel {
    setup(services, args = {}) {
        super.setup(services, args);
        this.savedQuery = args.query || null;
    }

    /**
     * Say that the columns are other places now. Facets that say nothing of these are not offered
     * any more, and what was chosen there is let go.
     */
    changePlaceKind(kind) {
        this.placeKind = kind;
        const hidden = [...this.sections.values()].filter((section) => !this.suits(section));
        this.clearSections(hidden.map((section) => section.id));
    }

    suits(section) {
        const kinds = KINDS_OF_FACETS[section.fieldName];
        return !kinds || !this.placeKind || kinds.includes(this.placeKind);
    }

    getSections(predicate) {
        return super.getSections(predicate).filter((section) => this.suits(section));
    }

    async load(config) {
        if (!this.savedQuery || config.state) {
            return super.load(config);
        }
        await super.load({ ...config, activateFavorite: false });
        this.blockNotification = true;
        await this.importQuery(this.savedQuery);
        this.blockNotification = false;
        this._reset();
    }

    /**
     * @returns {Array[]} terms: `["filter", name]`, `["field", name, label, operator, value]`,
     *  `["favorite", name]`, `["domain", label, domain]` and `["panel", field, values]`
     */
    exportQuery() {
        const terms = [];
        for (const { searchItemId, autocompleteValue } of this.query) {
            const item = this.searchItems[searchItemId];
            if (item.type === "field" && autocompleteValue) {
                const { label, operator, value } = autocompleteValue;
                terms.push(["field", item.fieldName, label, operator, value]);
            } else if (item.type === "favorite") {
                terms.push(["favorite", item.description]);
            } else if (item.type === "filter" && item.name) {
                terms.push(["filter", item.name]);
            } else if (item.type === "filter") {
                terms.push(["domain", item.description, item.domain.toString()]);
            }
        }
        for (const category of this.categories) {
            if (category.activeValueId) {
                terms.push(["panel", category.fieldName, [category.activeValueId]]);
            }
        }
        for (const filter of this.filters) {
            const checked = [...filter.values].filter(([, value]) => value.checked);
            if (checked.length) {
                terms.push(["panel", filter.fieldName, checked.map(([id]) => id)]);
            }
        }
        return terms;
    }

    /** Put back what {@link exportQuery} returned; what does not exist any more is left out. */
    async importQuery(terms) {
        const items = Object.values(this.searchItems);
        const find = (type, key, name) =>
            items.find((item) => item.type === type && item[key] === name);
        if (terms.some(([kind]) => kind === "panel")) {
            await this.sectionsPromise;
        }
        // the address is complete: defaults of the view do not add to it
        this.query = [];
        for (const [kind, name, ...rest] of terms) {
            if (kind === "filter" || kind === "favorite") {
                const item = find(kind, kind === "filter" ? "name" : "description", name);
                item && this.toggleSearchItem(item.id);
            } else if (kind === "field") {
                const [label, operator, value] = rest;
                const item = find("field", "fieldName", name);
                item && this.addAutoCompletionValues(item.id, { label, operator, value });
            } else if (kind === "domain") {
                this.createNewFilters([{ description: name, domain: rest[0] }]);
            } else if (kind === "panel") {
                this.importPanel(name, rest[0]);
            }
        }
    }

    importPanel(fieldName, ids) {
        for (const section of this.sections.values()) {
            if (section.fieldName !== fieldName) {
                continue;
            }
            const known = ids.filter((id) => section.values.has(id));
            if (section.type === "category") {
                section.activeValueId = known[0] || false;
            } else {
                known.forEach((id) => (section.values.get(id).checked = true));
            }
        }
    }
}
