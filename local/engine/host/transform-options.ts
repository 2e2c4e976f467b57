import resource from "@pulumi/pulumi/proto/resource_pb.js";

/** A registration's options in the shape in which a transform sees them. */
export function resourceOptions(request: resource.RegisterResourceRequest): resource.TransformResourceOptions {
  const options = new resource.TransformResourceOptions()
    .setDependsOnList(request.getDependenciesList())
    .setIgnoreChangesList(request.getIgnorechangesList())
    .setReplaceOnChangesList(request.getReplaceonchangesList())
    .setVersion(request.getVersion())
    .setAliasesList(request.getAliasesList())
    .setProvider(request.getProvider())
    .setCustomTimeouts(request.getCustomtimeouts())
    .setPluginDownloadUrl(request.getPlugindownloadurl())
    .setDeletedWith(request.getDeletedwith())
    .setAdditionalSecretOutputsList(request.getAdditionalsecretoutputsList())
    .setHooks(request.getHooks())
    .setImport(request.getImportid())
    .setHideDiffList(request.getHidediffsList())
    .setReplaceWithList(request.getReplaceWithList())
    .setReplacementTrigger(request.getReplacementTrigger());
  if (request.hasProtect()) options.setProtect(request.getProtect() ?? false);
  if (request.hasRetainondelete()) options.setRetainOnDelete(request.getRetainondelete() ?? false);
  if (request.getDeletebeforereplacedefined()) options.setDeleteBeforeReplace(request.getDeletebeforereplace());
  request.getProvidersMap().forEach((reference, pkg) => {
    options.getProvidersMap().set(pkg, reference);
  });
  return options;
}

/** Puts what a transform answered in the place of a registration's options. What a property depends on stays as it was. */
export function takeResourceOptions(request: resource.RegisterResourceRequest, options: resource.TransformResourceOptions): void {
  request
    .setDependenciesList([...new Set([...options.getDependsOnList(), ...propertyDependencies(request)])])
    .setIgnorechangesList(options.getIgnoreChangesList())
    .setReplaceonchangesList(options.getReplaceOnChangesList())
    .setVersion(options.getVersion())
    .setAliasesList(options.getAliasesList())
    .setProvider(options.getProvider())
    .setCustomtimeouts(options.getCustomTimeouts())
    .setPlugindownloadurl(options.getPluginDownloadUrl())
    .setDeletedwith(options.getDeletedWith())
    .setAdditionalsecretoutputsList(options.getAdditionalSecretOutputsList())
    .setHooks(options.getHooks())
    .setImportid(options.getImport())
    .setHidediffsList(options.getHideDiffList())
    .setReplaceWithList(options.getReplaceWithList())
    .setReplacementTrigger(options.getReplacementTrigger())
    .setDeletebeforereplacedefined(options.hasDeleteBeforeReplace())
    .setDeletebeforereplace(options.getDeleteBeforeReplace() ?? false);
  if (options.hasProtect()) request.setProtect(options.getProtect() ?? false);
  else request.clearProtect();
  if (options.hasRetainOnDelete()) request.setRetainondelete(options.getRetainOnDelete() ?? false);
  else request.clearRetainondelete();
  const providers = request.getProvidersMap();
  providers.clear();
  options.getProvidersMap().forEach((reference, pkg) => {
    providers.set(pkg, reference);
  });
}

/** A property that a transform left in place still comes from where it came. */
function propertyDependencies(request: resource.RegisterResourceRequest): string[] {
  const urns: string[] = [];
  request.getPropertydependenciesMap().forEach((list, key) => {
    if (request.getObject()?.getFieldsMap().has(key)) urns.push(...list.getUrnsList());
  });
  return urns;
}
